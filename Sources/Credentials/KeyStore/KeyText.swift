import Bytes

/// The text of a generated key: `pstn_`, 32 characters of chance (190 bits) and 6 that check them.
///
/// The prefix lets secret scanners find leaks; the checksum is the CRC-32 of all before it, in base 62, as GitHub's
/// tokens have it, so that whoever finds one knows it for a key, and a typing error is refused without a look-up.
public enum KeyText {
    public static let prefix: StaticString = "pstn_"
    static let randomCharacters = 32
    static let checksumCharacters = 6
    /// Characters of a whole key.
    public static let count = 5 + randomCharacters + checksumCharacters

    private static let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    /// - Parameter random: must be a source that nobody can guess.
    public static func generate(using random: inout some RandomNumberGenerator) -> [UInt8] {
        var text = Array("\(prefix)".utf8)
        // `next(upperBound:)` is without bias.
        for _ in 0..<randomCharacters { text.append(digits[Int(random.next(upperBound: 62 as UInt64))]) }
        return text + checksum(of: text.span)
    }

    /// Whether it begins as a generated key.
    @inline(__always)
    public static func isKind(_ key: borrowing Span<UInt8>) -> Bool { key.starts(with: "pstn_") }

    /// Whether it begins as a generated key and cannot be one.
    public static func isMistyped(_ key: borrowing Span<UInt8>) -> Bool {
        guard isKind(key) else { return false }
        guard key.count == count else { return true }
        let split = count - checksumCharacters
        let expected = checksum(of: key.extracting(0..<split))
        for index in 0..<checksumCharacters where key[split + index] != expected[index] { return true }
        return false
    }

    /// Six digits hold every CRC-32: 62⁶ is more than 2³².
    private static func checksum(of text: borrowing Span<UInt8>) -> [UInt8] {
        var value = Int(CRC32.checksum(text))
        var characters = [UInt8](repeating: digits[0], count: checksumCharacters)
        for index in characters.indices.reversed() {
            characters[index] = digits[value % 62]
            value /= 62
        }
        return characters
    }
}
