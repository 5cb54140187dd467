public import Bytes

extension Digest256 {
    /// The digest that 32 bytes are, or nil for another count.
    public init?(bytes: borrowing Span<UInt8>) {
        guard bytes.count == 32 else { return nil }
        var words: InlineArray<4, UInt64> = [0, 0, 0, 0]
        for index in 0..<32 { words[index / 8] = words[index / 8] << 8 | UInt64(bytes[index]) }
        self.init(words[0], words[1], words[2], words[3])
    }

    /// The digest that 43 base64url characters spell, as `x5t#S256` (RFC 8705), `jkt` and `ath` (RFC 9449) write it.
    public init?(base64URL text: borrowing Span<UInt8>) {
        guard let bytes = Base64URL.decode(text) else { return nil }
        self.init(bytes: bytes.span)
    }

    /// The 32 bytes, in the order a digest is written.
    public var bytes: [UInt8] {
        [words.0, words.1, words.2, words.3].flatMap { word in
            stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> UInt64($0)) }
        }
    }

    /// 43 characters of base64url.
    public var base64URL: String { Base64URL.encode(bytes.span) }
}
