/// Whole numbers as they stand in headers and configuration: ASCII digits, nothing else.
public enum Decimal {
    /// The number that `bytes` spell, or nil if they are empty, hold anything but digits, or pass `Int64.max`.
    ///
    /// No sign, no space, no leading `+`: what Content-Length (RFC 9110 section 8.6) and a cost may be, and no more.
    public static func parse(_ bytes: borrowing Span<UInt8>) -> Int64? {
        guard bytes.count > 0 else { return nil }
        var value: Int64 = 0
        for index in 0..<bytes.count {
            let byte = bytes[index]
            guard ASCII.isDigit(byte) else { return nil }
            let (product, overflowed) = value.multipliedReportingOverflow(by: 10)
            let (sum, carried) = product.addingReportingOverflow(Int64(byte &- 0x30))
            if overflowed || carried { return nil }
            value = sum
        }
        return value
    }

    /// How many digits `value` has: a bit is worth some 0.301 of them (1,233 / 4,096), which is right or one too few.
    public static func digits(of value: UInt64) -> Int {
        let guess = ((UInt64.bitWidth &- value.leadingZeroBitCount) &* 1_233) >> 12
        return guess &+ (value >= powers[guess] ? 1 : 0)
    }

    /// Of ten; but the first is 0, so that 0 has a digit.
    private static let powers: InlineArray<20, UInt64> = [
        0, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000,
        100_000_000_000, 1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000,
        10_000_000_000_000_000, 100_000_000_000_000_000, 1_000_000_000_000_000_000, 10_000_000_000_000_000_000,
    ]
}
