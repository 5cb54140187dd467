import Bytes

/// Which bytes may stand where, and how far they go.
///
/// Scans read words of eight bytes, fields two of them at a time: a subtraction that borrows out of a byte marks it in
/// that byte's top bit. Marks above a word's first may be false, so only the lowest is ever used, which is the first
/// byte in memory on a machine of either order because words are read as little-endian.
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
    @inline(__always)
    package static func endOfValue(_ bytes: borrowing Span<UInt8>, from start: Int, to end: Int) -> Int {
        let raw = bytes.bytes
        var index = start
        while index &+ 16 <= end {
            let words = raw.unsafeLoadUnaligned(fromByteOffset: index, as: SIMD2<UInt64>.self)
            let place = first(below(0x20, words) | equal(0x7F, words))
            index &+= place
            guard place < 16 else { continue }
            if bytes[index] != 0x09 { return index }
            index &+= 1
        }
        while index < end, bytes[index] >= 0x20 && bytes[index] != 0x7F || bytes[index] == 0x09 { index &+= 1 }
        return index
    }

    /// The first byte at or after `start` that ends a field name: a colon, a space, or a control byte. The bytes passed
    /// are not all fit for a name.
    @inline(__always)
    package static func endOfName(_ bytes: borrowing Span<UInt8>, from start: Int, to end: Int) -> Int {
        let raw = bytes.bytes
        var index = start
        while index &+ 16 <= end {
            let words = raw.unsafeLoadUnaligned(fromByteOffset: index, as: SIMD2<UInt64>.self)
            let place = first(below(0x21, words) | equal(0x3A, words) | equal(0x7F, words))
            index &+= place
            if place < 16 { return index }
        }
        while index < end, bytes[index] > 0x20 && bytes[index] != 0x3A && bytes[index] != 0x7F { index &+= 1 }
        return index
    }

    /// The first place that is marked; 16 where none is.
    @inline(__always)
    private static func first(_ marks: SIMD2<UInt64>) -> Int {
        let low = UInt64(littleEndian: marks[0]) & tops
        if low != 0 { return low.trailingZeroBitCount >> 3 }
        // Of no bit at all, 64 are 0.
        return 8 &+ ((UInt64(littleEndian: marks[1]) & tops).trailingZeroBitCount >> 3)
    }

    @inline(__always)
    private static func below(_ limit: UInt64, _ words: SIMD2<UInt64>) -> SIMD2<UInt64> {
        (words &- SIMD2(repeating: ones &* limit)) & ~words
    }

    @inline(__always)
    private static func equal(_ byte: UInt64, _ words: SIMD2<UInt64>) -> SIMD2<UInt64> {
        let difference = words ^ SIMD2(repeating: ones &* byte)
        return (difference &- SIMD2(repeating: ones)) & ~difference
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

    /// Whether `name`, with A–Z folded, is `lowercase`, which must hold no A–Z and be at most 32 bytes long.
    @inline(__always)
    static func equalsIgnoringCase(_ name: borrowing Span<UInt8>, _ lowercase: StaticString) -> Bool {
        let count = name.count
        guard count == lowercase.utf8CodeUnitCount else { return false }
        guard count >= 8 else { return name.equalsIgnoringCase(lowercase) }
        let raw = name.bytes
        let wanted = UnsafeRawPointer(lowercase.utf8Start)
        // Words from both ends, which overlap where there is nothing between them: comparing a byte twice is cheaper
        // than one by one.
        guard matches(raw, wanted, at: 0), matches(raw, wanted, at: count &- 8) else { return false }
        return count <= 16 || matches(raw, wanted, at: 8) && matches(raw, wanted, at: count &- 16)
    }

    /// Proxies send names in lower case; only others need folding.
    @inline(__always)
    private static func matches(_ raw: borrowing RawSpan, _ lowercase: UnsafeRawPointer, at offset: Int) -> Bool {
        let word = raw.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
        let wanted = lowercase.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        return word == wanted || folded(word) == wanted
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
