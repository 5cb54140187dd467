import Bytes
import Credentials

/// One line of an audit log, read for its place in the chain and not for what it says:
///
///     {"seq":12,"kind":"check", … ,"mac":"64 lower-case hexadecimal digits"}
///
/// `seq` counts from 1, through rotations and restarts that continue a file. `mac` is the head of the chain after this
/// line: it covers the head before it and every byte up to its own comma.
struct AuditLine {
    enum Kind: String {
        case open, check, drop, close
    }

    /// A longer line is none of ours.
    static let bytesMax = 65_536
    /// `,"mac":"` and `"}` around 64 digits.
    static let tailBytes = 74

    var sequence: UInt64
    var kind: Kind
    /// Up to the comma before `mac`: what the seal covers, besides the head before.
    var sealed: Range<Int>
    /// Where the members after `kind` begin.
    var members: Int
    var mac: Digest256

    /// - Parameter bytes: the line without its line feed. Only the one spelling that `AuditChain` writes is taken.
    init?(_ bytes: borrowing Span<UInt8>) {
        let end = bytes.count - AuditLine.tailBytes
        guard end > 0, bytes.count <= AuditLine.bytesMax else { return nil }
        var scanner = AuditScanner()
        guard scanner.skip("{\"seq\":", in: bytes), let sequence = scanner.number(in: bytes),
            scanner.skip(",\"kind\":\"", in: bytes), let word = scanner.word(in: bytes),
            let kind = Kind(rawValue: word), scanner.position <= end
        else { return nil }
        members = scanner.position
        scanner.position = end
        guard scanner.skip(",\"mac\":\"", in: bytes), let mac = scanner.digest(in: bytes),
            scanner.skip("\"}", in: bytes)
        else { return nil }
        (self.sequence, self.kind, self.mac) = (sequence, kind, mac)
        sealed = 0..<end
    }
}

/// Reads fixed text from the front of a line. The spans it reads are handed in, because a position may be kept and a
/// span may not.
struct AuditScanner {
    var position = 0

    /// Whether `text` stands here; if so, behind it.
    mutating func skip(_ text: StaticString, in bytes: borrowing Span<UInt8>) -> Bool {
        let end = position + text.utf8CodeUnitCount
        guard end <= bytes.count, bytes.extracting(position..<end).equals(text) else { return false }
        position = end
        return true
    }

    /// A decimal number from 1 on, without leading zeros.
    mutating func number(in bytes: borrowing Span<UInt8>) -> UInt64? {
        var end = position
        while end < bytes.count, ASCII.isDigit(bytes[end]) { end += 1 }
        guard end > position, bytes[position] != 0x30, let value = Decimal.parse(bytes.extracting(position..<end))
        else { return nil }
        position = end
        return UInt64(value)
    }

    /// The text up to the next quote, and behind that quote. No escapes.
    mutating func word(in bytes: borrowing Span<UInt8>, atMost limit: Int = 64) -> String? {
        guard let end = bytes.firstIndex(of: 0x22, from: position), end - position <= limit else { return nil }
        defer { position = end + 1 }
        return bytes.extracting(position..<end).text()
    }

    /// 64 lower-case hexadecimal digits.
    mutating func digest(in bytes: borrowing Span<UInt8>) -> Digest256? {
        guard position + 64 <= bytes.count,
            let digest = Digest256(lowerHex: bytes.extracting(position..<position + 64))
        else { return nil }
        position += 64
        return digest
    }
}
