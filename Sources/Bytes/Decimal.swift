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
}
