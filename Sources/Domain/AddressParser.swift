import Bytes

/// Text to addresses: dotted IPv4 and RFC 4291 IPv6, with the `[…]`, port and zone forms that proxies write.
public enum AddressParser {
    /// The address that `text` spells, or nil. Accepts `1.2.3.4`, `1.2.3.4:80`, `::1`, `[::1]`, `[::1]:80` and
    /// `fe80::1%eth0` (the zone is dropped). Leading zeros in IPv4 are refused: some programs read them as octal.
    public static func parse(_ text: borrowing Span<UInt8>) -> ClientAddress? {
        guard text.count > 0, text.count <= 64 else { return nil }
        if text[0] == 0x5B {
            guard let close = text.firstIndex(of: 0x5D) else { return nil }
            guard close + 1 == text.count || isPort(text, from: close + 1) else { return nil }
            return parseIPv6(text, 1..<close)
        }
        guard let colon = text.firstIndex(of: 0x3A) else { return parseIPv4(text, 0..<text.count) }
        if text.firstIndex(of: 0x3A, from: colon + 1) != nil { return parseIPv6(text, 0..<text.count) }
        return isPort(text, from: colon) ? parseIPv4(text, 0..<colon) : nil
    }

    /// A block such as `10.0.0.0/8` or `fd00::/8`; an address alone is a block of one. Bits beyond the prefix must
    /// be zero, so that a typo is seen.
    public static func parseBlock(_ text: borrowing Span<UInt8>) -> AddressBlock? {
        let slash = text.firstIndex(of: 0x2F)
        guard let base = parse(text.extracting(0..<(slash ?? text.count))) else { return nil }
        let offset = base.isIPv4 ? 96 : 0
        var prefix: Int64 = base.isIPv4 ? 32 : 128
        if let slash {
            guard let given = Decimal.parse(text.extracting((slash + 1)..<text.count)), given <= prefix else {
                return nil
            }
            prefix = given
        }
        let block = AddressBlock(base: base, prefixLength: Int(prefix) + offset)
        let masked = AddressBlock(base: masking(base, to: block.prefixLength), prefixLength: block.prefixLength)
        return masked == block ? block : nil
    }

    private static func masking(_ address: ClientAddress, to prefix: Int) -> ClientAddress {
        let highMask: UInt64 = prefix >= 64 ? .max : ~(UInt64.max >> UInt64(prefix))
        let lowMask: UInt64 = prefix <= 64 ? 0 : ~(UInt64.max >> UInt64(prefix - 64))
        return ClientAddress(high: address.high & highMask, low: address.low & lowMask)
    }

    private static func isPort(_ text: borrowing Span<UInt8>, from colon: Int) -> Bool {
        guard text[colon] == 0x3A, text.count - colon - 1 <= 5 else { return false }
        guard let port = Decimal.parse(text.extracting((colon + 1)..<text.count)) else { return false }
        return port <= 65535
    }

    private static func parseIPv4(_ text: borrowing Span<UInt8>, _ bounds: Range<Int>) -> ClientAddress? {
        guard let value = ipv4Value(text, bounds) else { return nil }
        return ClientAddress(ipv4: value)
    }

    private static func ipv4Value(_ text: borrowing Span<UInt8>, _ bounds: Range<Int>) -> UInt32? {
        var value: UInt32 = 0
        var octets = 0
        var start = bounds.lowerBound
        while start <= bounds.upperBound {
            var end = start
            while end < bounds.upperBound, text[end] != 0x2E { end += 1 }
            let length = end - start
            guard length >= 1, length <= 3, length == 1 || text[start] != 0x30 else { return nil }
            guard let octet = Decimal.parse(text.extracting(start..<end)), octet <= 255 else { return nil }
            octets += 1
            guard octets <= 4 else { return nil }
            value = value << 8 | UInt32(octet)
            start = end + 1
        }
        return octets == 4 ? value : nil
    }

    private static func parseIPv6(_ text: borrowing Span<UInt8>, _ whole: Range<Int>) -> ClientAddress? {
        var bounds = whole
        if let zone = text.firstIndex(of: 0x25, from: whole.lowerBound), zone < whole.upperBound {
            bounds = whole.lowerBound..<zone
        }
        var groups = InlineArray<8, UInt16>(repeating: 0)
        var count = 0
        var gap: Int?
        var index = bounds.lowerBound
        if bounds.count >= 2, text[index] == 0x3A {
            guard text[index + 1] == 0x3A else { return nil }
            gap = 0
            index += 2
        }
        while index < bounds.upperBound {
            var end = index
            while end < bounds.upperBound, text[end] != 0x3A { end += 1 }
            if text.firstIndex(of: 0x2E, from: index).map({ $0 < end }) == true {
                guard end == bounds.upperBound, count <= 6, let tail = ipv4Value(text, index..<end) else { return nil }
                groups[count] = UInt16(truncatingIfNeeded: tail >> 16)
                groups[count + 1] = UInt16(truncatingIfNeeded: tail)
                count += 2
                break
            }
            guard count < 8, let group = hexGroup(text, index..<end) else { return nil }
            groups[count] = group
            count += 1
            guard end < bounds.upperBound else { break }
            index = end + 1
            guard index < bounds.upperBound else { return nil }
            if text[index] == 0x3A {
                guard gap == nil else { return nil }
                gap = count
                index += 1
            }
        }
        return assemble(groups, count: count, gap: gap)
    }

    private static func hexGroup(_ text: borrowing Span<UInt8>, _ bounds: Range<Int>) -> UInt16? {
        guard bounds.count >= 1, bounds.count <= 4 else { return nil }
        var value: UInt16 = 0
        for index in bounds {
            guard let digit = ASCII.hexValue(text[index]) else { return nil }
            value = value << 4 | UInt16(digit)
        }
        return value
    }

    /// Puts the zeros of `::` in their place. A `::` must stand for at least one group.
    private static func assemble(_ groups: InlineArray<8, UInt16>, count: Int, gap: Int?) -> ClientAddress? {
        guard gap == nil ? count == 8 : count < 8 else { return nil }
        var words = (high: UInt64(0), low: UInt64(0))
        for position in 0..<8 {
            let split = gap ?? 8
            let zeros = 8 - count
            let group: UInt16
            if position < split {
                group = position < count ? groups[position] : 0
            } else {
                group = position < split + zeros ? 0 : groups[position - zeros]
            }
            if position < 4 {
                words.high = words.high << 16 | UInt64(group)
            } else {
                words.low = words.low << 16 | UInt64(group)
            }
        }
        return ClientAddress(high: words.high, low: words.low)
    }
}
