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
        Self.writeHex(high, to: &writer)
        Self.writeHex(low, to: &writer)
    }

    private static func writeHex(_ word: UInt64, to writer: inout ByteWriter) {
        for shift in stride(from: 60, through: 0, by: -4) {
            let digit = UInt8(truncatingIfNeeded: word >> UInt64(shift)) & 15
            writer.write(digit < 10 ? 0x30 &+ digit : 0x57 &+ digit)
        }
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
