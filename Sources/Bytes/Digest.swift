/// A 128-bit digest that stands for a name: what reaches Redis instead of anybody's identity, and what tables
/// compare instead of strings. It is cut from SHA-256 by `Credentials`; nothing here computes one.
public struct Digest128: Hashable, Sendable {
    public var high: UInt64
    public var low: UInt64

    @inlinable
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// 32 lower-case hexadecimal digits.
    public func writeHex(to writer: inout ByteWriter) {
        var digits = InlineArray<32, UInt8>(repeating: 0)
        for index in 0..<16 {
            digits[index] = Digest128.digit(high >> UInt64(60 &- 4 &* index))
            digits[index &+ 16] = Digest128.digit(low >> UInt64(60 &- 4 &* index))
        }
        writer.write(digits.span)
    }

    /// The digit of the lowest four bits.
    private static func digit(_ word: UInt64) -> UInt8 {
        let value = UInt8(truncatingIfNeeded: word) & 15
        return value < 10 ? 0x30 &+ value : 0x57 &+ value
    }
}

/// A whole SHA-256 digest, as four big-endian words.
public struct Digest256: Hashable, Sendable {
    public var words: (UInt64, UInt64, UInt64, UInt64)

    public init(_ first: UInt64, _ second: UInt64, _ third: UInt64, _ fourth: UInt64) {
        words = (first, second, third, fourth)
    }

    /// The first half, which is what names a bucket.
    public var prefix: Digest128 { Digest128(high: words.0, low: words.1) }

    /// Equality whose time does not depend on where two digests differ.
    public static func == (left: Digest256, right: Digest256) -> Bool {
        let difference =
            (left.words.0 ^ right.words.0) | (left.words.1 ^ right.words.1) | (left.words.2 ^ right.words.2)
            | (left.words.3 ^ right.words.3)
        return difference == 0
    }

    /// Uniform already: one word of a digest is its own hash.
    public func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
}
