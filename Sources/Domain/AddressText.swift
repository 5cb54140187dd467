public import Bytes

extension ByteWriter {
    /// A known address as text: dotted IPv4, or IPv6 in the one form of RFC 5952.
    public mutating func write(address: ClientAddress) {
        guard !address.isIPv4 else {
            for shift in stride(from: UInt64(24), through: 0, by: -8) {
                if shift < 24 { write(".") }
                write(decimal: address.low >> shift & 0xFF)
            }
            return
        }
        let zeros = ByteWriter.longestZeros(address)
        var index = 0
        while index < 8 {
            if index == zeros.lowerBound, !zeros.isEmpty {
                write("::")
                index = zeros.upperBound
                continue
            }
            if index > 0, index != zeros.upperBound || zeros.isEmpty { write(":") }
            write(group: ByteWriter.group(address, index))
            index += 1
        }
    }

    private static func group(_ address: ClientAddress, _ index: Int) -> UInt16 {
        let word = index < 4 ? address.high : address.low
        return UInt16(truncatingIfNeeded: word >> UInt64(48 - index % 4 * 16))
    }

    /// The first of the longest runs of two or more zero groups (RFC 5952 section 4.2), or nothing.
    private static func longestZeros(_ address: ClientAddress) -> Range<Int> {
        var longest = 0..<0
        var start = 0
        for index in 0..<8 {
            if group(address, index) != 0 {
                start = index + 1
            } else if index + 1 - start > max(longest.count, 1) {
                longest = start..<index + 1
            }
        }
        return longest
    }

    /// Lower-case hexadecimal without leading zeros.
    private mutating func write(group: UInt16) {
        var shift = UInt16(12)
        while shift > 0, group >> shift == 0 { shift -= 4 }
        while true {
            write(ASCII.lowercased(ASCII.hexDigit(UInt8(truncatingIfNeeded: group >> shift) & 15)))
            if shift == 0 { return }
            shift -= 4
        }
    }
}

extension ClientAddress {
    /// Nil where it is unknown. For cold paths.
    public var text: String? {
        guard isKnown else { return nil }
        var writer = ByteWriter()
        writer.write(address: self)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
