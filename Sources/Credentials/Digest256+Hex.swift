public import Bytes

extension Digest256 {
    /// The digest that 64 hexadecimal digits of either case spell, or nil.
    public init?(hex: borrowing Span<UInt8>) {
        guard hex.count == 64 else { return nil }
        var words: InlineArray<4, UInt64> = [0, 0, 0, 0]
        for index in 0..<64 {
            guard let digit = ASCII.hexValue(hex[index]) else { return nil }
            words[index / 16] = words[index / 16] << 4 | UInt64(digit)
        }
        self.init(words[0], words[1], words[2], words[3])
    }
}
