import Bytes

/// Which bytes may stand where, and how far they go.
///
/// Scans read eight bytes at a time: a subtraction that borrows out of a byte marks it in that byte's top bit. Marks
/// above the first may be false, so only the lowest is ever used, which is the first byte in memory on a machine of
/// either order because words are read as little-endian.
package enum Octets {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let tops: UInt64 = 0x8080_8080_8080_8080

    /// `tchar` of RFC 9110 section 5.6.2: letters, digits, and ! # $ % & ' * + - . ^ _ ` | ~
    @inline(__always)
    package static func isToken(_ byte: UInt8) -> Bool {
        isIn(0x03FF_6CFA_0000_0000, 0x57FF_FFFF_C7FF_FFFE, byte)
    }

    /// What a Host may hold (RFC 3986 section 3.2.2 and a port): letters, digits, and
    /// - . _ ~ % : [ ] ! $ & ' ( ) * + ; =
    /// The comma, which RFC 3986 allows, is not among them: a Host with a comma is two Hosts that a proxy joined.
    @inline(__always)
    package static func isHost(_ byte: UInt8) -> Bool {
        isIn(0x2FFF_6FF2_0000_0000, 0x47FF_FFFE_AFFF_FFFE, byte)
    }

    @inline(__always)
    private static func isIn(_ low: UInt64, _ high: UInt64, _ byte: UInt8) -> Bool {
        guard byte < 0x80 else { return false }
        return (byte < 0x40 ? low : high) >> UInt64(byte & 0x3F) & 1 == 1
    }

    /// The first byte at or after `start` that no field value may hold: a control byte other than HTAB.
    package static func endOfValue(_ bytes: borrowing Span<UInt8>, from start: Int, to end: Int) -> Int {
        let raw = bytes.bytes
        var index = start
        while index &+ 8 <= end {
            let word = UInt64(littleEndian: raw.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
            let marks = (below(0x20, word) | equal(0x7F, word)) & tops
            guard marks != 0 else {
                index &+= 8
                continue
            }
            index &+= marks.trailingZeroBitCount >> 3
            if bytes[index] != 0x09 { return index }
            index &+= 1
        }
        while index < end, bytes[index] >= 0x20 && bytes[index] != 0x7F || bytes[index] == 0x09 { index &+= 1 }
        return index
    }

    /// The first byte at or after `start` that ends a field name: a colon, a space, or a control byte. The bytes passed
    /// are not all fit for a name.
    package static func endOfName(_ bytes: borrowing Span<UInt8>, from start: Int, to end: Int) -> Int {
        let raw = bytes.bytes
        var index = start
        while index &+ 8 <= end {
            let word = UInt64(littleEndian: raw.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
            let marks = (below(0x21, word) | equal(0x3A, word) | equal(0x7F, word)) & tops
            if marks != 0 { return index &+ marks.trailingZeroBitCount >> 3 }
            index &+= 8
        }
        while index < end, bytes[index] > 0x20 && bytes[index] != 0x3A && bytes[index] != 0x7F { index &+= 1 }
        return index
    }

    /// The first byte at or after `start` that no request target may hold: anything but 0x21–0x7E.
    package static func endOfTarget(_ bytes: borrowing Span<UInt8>, from start: Int, to end: Int) -> Int {
        let raw = bytes.bytes
        var index = start
        while index &+ 8 <= end {
            let word = UInt64(littleEndian: raw.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
            let marks = (below(0x21, word) | equal(0x7F, word) | word) & tops
            if marks != 0 { return index &+ marks.trailingZeroBitCount >> 3 }
            index &+= 8
        }
        while index < end, bytes[index] &- 0x21 < 0x5E { index &+= 1 }
        return index
    }

    /// Whether `name`, with A–Z folded, is `lowercase`, which must hold no A–Z.
    static func equalsIgnoringCase(_ name: borrowing Span<UInt8>, _ lowercase: StaticString) -> Bool {
        let count = name.count
        guard count == lowercase.utf8CodeUnitCount else { return false }
        guard count >= 8 else { return name.equalsIgnoringCase(lowercase) }
        let raw = name.bytes
        return lowercase.withUTF8Buffer { buffer in
            let expected = buffer.span.bytes
            var index = 0
            // The last word may overlap the one before it: comparing a byte twice is cheaper than one by one.
            while true {
                let word = raw.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
                let wanted = expected.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
                // Proxies send names in lower case; only others need folding.
                if word != wanted, folded(word) != wanted { return false }
                if index == count &- 8 { return true }
                index = min(index &+ 8, count &- 8)
            }
        }
    }

    /// A–Z in lower case, all other bytes as they are. The additions reach the top bit of a byte that is at least A or
    /// above Z, and never carry out of it, because the top bits were cleared.
    @inline(__always)
    private static func folded(_ word: UInt64) -> UInt64 {
        let low = word & ~tops
        let isUpper = (low &+ ones &* 0x3F) & ~(low &+ ones &* 0x25) & ~word & tops
        return word | isUpper >> 2
    }

    /// Marks bytes below `limit`, which must be at most 0x80.
    @inline(__always)
    private static func below(_ limit: UInt64, _ word: UInt64) -> UInt64 {
        (word &- ones &* limit) & ~word
    }

    /// Marks bytes equal to `byte`.
    @inline(__always)
    private static func equal(_ byte: UInt64, _ word: UInt64) -> UInt64 {
        let difference = word ^ (ones &* byte)
        return (difference &- ones) & ~difference
    }
}
