import Bytes
import Credentials

/// What ties a line to the one before it: HMAC-SHA256 under the key of `audit.key`, or SHA-256 where there is none.
///
/// Without a key anyone who can write the file can also write a chain that fits; it then shows corruption only.
final class AuditSeal {
    let isKeyed: Bool
    /// Names the key without telling it: the first eight bytes of its HMAC over a fixed text. 0 without a key.
    let keyID: UInt64
    private let sha256: SHA256
    private let hmac: HMACSHA256?
    private var scratch = ByteWriter(reserving: 4_096)

    init(key: [UInt8]?) {
        sha256 = SHA256()
        isKeyed = key != nil
        hmac = key.map { HMACSHA256(key: $0.span) }
        keyID = hmac?.code(Array("postern audit key".utf8).span).words.0 ?? 0
    }

    /// The head after `line`: over the 32 bytes of the head before it, then the line up to its `mac` member.
    func head(after previous: Digest256, _ line: borrowing Span<UInt8>) -> Digest256 {
        scratch.clear()
        scratch.write(raw: previous)
        scratch.write(line)
        let bytes = scratch.bytes
        return hmac?.code(bytes.span) ?? sha256.digest(bytes.span)
    }

    /// Of bytes that are no line, such as what a crash left behind.
    func digest(_ bytes: borrowing Span<UInt8>) -> Digest256 { sha256.digest(bytes) }
}

extension Digest256 {
    /// The head before the first line of a chain.
    static let genesis = Digest256(0, 0, 0, 0)

    /// The first 48 bits, which a gauge holds without rounding.
    var short: UInt64 { words.0 >> 16 }

    /// The digest that 64 lower-case hexadecimal digits spell, or nil. Upper case is another spelling of the same
    /// bytes, and a line has one spelling.
    init?(lowerHex bytes: borrowing Span<UInt8>) {
        for index in 0..<bytes.count where bytes[index] &- 0x41 < 26 { return nil }
        self.init(hex: bytes)
    }

    var hex: String {
        var writer = ByteWriter()
        writer.write(hex: self)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

extension ByteWriter {
    /// 64 lower-case hexadecimal digits.
    mutating func write(hex digest: Digest256) {
        Digest128(high: digest.words.0, low: digest.words.1).writeHex(to: &self)
        Digest128(high: digest.words.2, low: digest.words.3).writeHex(to: &self)
    }

    /// 16 lower-case hexadecimal digits.
    mutating func write(hex word: UInt64) {
        for shift in stride(from: UInt64(60), through: 0, by: -4) {
            write(ASCII.lowercased(ASCII.hexDigit(UInt8(truncatingIfNeeded: word >> shift) & 15)))
        }
    }

    /// The 32 bytes themselves.
    mutating func write(raw digest: Digest256) {
        write(raw: digest.words.0)
        write(raw: digest.words.1)
        write(raw: digest.words.2)
        write(raw: digest.words.3)
    }

    private mutating func write(raw word: UInt64) {
        for shift in stride(from: UInt64(56), through: 0, by: -8) { write(UInt8(truncatingIfNeeded: word >> shift)) }
    }
}
