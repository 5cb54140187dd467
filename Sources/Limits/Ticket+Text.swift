import Bytes
import Domain

/// A ticket as it travels: a version, the id, then each holding's owner and limit, all big-endian, in base64url.
///
/// One ticket has one spelling. Nothing in it is signed: what it names is found under its id or not at all.
extension Ticket {
    private static let version: UInt8 = 1
    /// Version and id.
    private static let headBytes = 17
    private static let holdingBytes = 24

    /// At most 535 characters.
    public var text: String {
        var bytes: [UInt8] = [Ticket.version]
        bytes.reserveCapacity(Ticket.headBytes + holdings.count * Ticket.holdingBytes)
        Ticket.append(id, to: &bytes)
        for holding in holdings {
            Ticket.append(holding.owner, to: &bytes)
            Ticket.append(holding.limit, to: &bytes)
        }
        return Base64URL.encode(bytes.span)
    }

    /// Nil for anything but the text of a ticket with 1 to `Spend.ownChargesMax` holdings.
    public init?(text: borrowing Span<UInt8>) {
        let longest = Ticket.headBytes + Spend.ownChargesMax * Ticket.holdingBytes
        guard text.count <= (longest * 4 + 2) / 3, let bytes = Base64URL.decode(text),
            bytes.count > Ticket.headBytes, (bytes.count - Ticket.headBytes) % Ticket.holdingBytes == 0,
            bytes[0] == Ticket.version
        else { return nil }
        func digest(_ start: Int) -> Digest128 {
            Digest128(high: Ticket.word(bytes, start), low: Ticket.word(bytes, start + 8))
        }
        let starts = stride(from: Ticket.headBytes, to: bytes.count, by: Ticket.holdingBytes)
        self.init(
            id: digest(1),
            holdings: starts.map { BucketKey(owner: digest($0), limit: Ticket.word(bytes, $0 + 16)) })
    }

    private static func append(_ digest: Digest128, to bytes: inout [UInt8]) {
        append(digest.high, to: &bytes)
        append(digest.low, to: &bytes)
    }

    private static func append(_ word: UInt64, to bytes: inout [UInt8]) {
        for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
    }

    private static func word(_ bytes: [UInt8], _ start: Int) -> UInt64 {
        var word: UInt64 = 0
        for index in start..<(start + 8) { word = word << 8 | UInt64(bytes[index]) }
        return word
    }
}
