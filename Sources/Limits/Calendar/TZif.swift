/// The file of a time zone, as zic(8) writes it below `zoneinfo`. Source: RFC 9636 section 3.
///
/// Only the 64-bit data of versions 2 and later and the footer are read; the 32-bit data before them is skipped.
public enum TZif {
    /// The largest file that is read. The fullest zones take 4 KiB.
    public static let bytesMax = 65_536

    public enum Fault: Error, Hashable, Sendable {
        case notAZone
        /// Version 1, which says nothing of times after 2037.
        case tooOld
        /// A file of the `right/` folder, whose seconds are not those of the clock.
        case countsLeapSeconds
        case broken
    }

    private struct Header {
        static let length = 44
        var counts: [Int]

        var leaps: Int { counts[2] }
        var times: Int { counts[3] }
        var types: Int { counts[4] }
        /// Bytes of the block after it, whose times take `width` bytes each.
        func length(timeWidth width: Int) -> Int {
            times * (width + 1) + types * 6 + counts[5] + leaps * (width + 4) + counts[0] + counts[1]
        }
    }

    /// - Parameter name: kept as the rules' name; not looked at.
    public static func read(_ bytes: [UInt8], name: String) throws(Fault) -> TimeZoneRules {
        guard bytes.count <= bytesMax, bytes.count >= Header.length, bytes.prefix(4).elementsEqual("TZif".utf8) else {
            throw .notAZone
        }
        guard bytes[4] >= UInt8(ascii: "2") else { throw .tooOld }
        let second = Header.length + (try header(bytes, at: 0)).length(timeWidth: 4)
        let header = try header(bytes, at: second)
        if header.leaps > 0 { throw .countsLeapSeconds }
        let start = second + Header.length
        let end = start + header.length(timeWidth: 8)
        guard end <= bytes.count, header.types > 0 else { throw .broken }
        return TimeZoneRules(
            name: name, changes: try changes(bytes, header, from: start), tail: try tail(bytes[end...]))
    }

    private static func header(_ bytes: [UInt8], at start: Int) throws(Fault) -> Header {
        guard start + Header.length <= bytes.count, bytes[start...].prefix(4).elementsEqual("TZif".utf8) else {
            throw .broken
        }
        let counts = (0..<6).map { Int(bigEndian(bytes, at: start + 20 + $0 * 4, width: 4)) }
        // Each counted thing takes a byte at least, so larger counts lie, and sums of these cannot overflow.
        guard counts.allSatisfy({ $0 <= bytesMax }) else { throw .broken }
        return Header(counts: counts)
    }

    /// The offsets in order, without changes of the name alone.
    private static func changes(
        _ bytes: [UInt8], _ header: Header, from start: Int
    ) throws(Fault) -> [OffsetChange] {
        let typeIndexes = start + header.times * 8
        let types = typeIndexes + header.times
        var offsets: [Int64] = []
        for type in 0..<header.types {
            let offset = Int64(Int32(truncatingIfNeeded: bigEndian(bytes, at: types + type * 6, width: 4)))
            guard offset > -25 * 3_600, offset < 26 * 3_600 else { throw .broken }
            offsets.append(offset)
        }
        var changes = [OffsetChange.always(offsets[0])]
        for time in 0..<header.times {
            let instant = Int64(bitPattern: bigEndian(bytes, at: start + time * 8, width: 8))
            let type = Int(bytes[typeIndexes + time])
            let previous = changes[changes.count - 1]
            guard type < offsets.count, instant > previous.instant || time == 0 else { throw .broken }
            if offsets[type] == previous.offset { continue }
            changes.append(OffsetChange(instant: instant, offset: offsets[type]))
        }
        return changes
    }

    /// The footer between its two line feeds. Empty: the last offset stays.
    private static func tail(_ bytes: ArraySlice<UInt8>) throws(Fault) -> YearlyRule? {
        guard bytes.first == 0x0A, let end = bytes.dropFirst().firstIndex(of: 0x0A) else { throw .broken }
        let text = Array(bytes[(bytes.startIndex + 1)..<end])
        if text.isEmpty { return nil }
        guard let rule = YearlyRuleReader.read(text) else { throw .broken }
        return rule
    }

    private static func bigEndian(_ bytes: [UInt8], at start: Int, width: Int) -> UInt64 {
        bytes[start..<(start + width)].reduce(0) { $0 << 8 | UInt64($1) }
    }
}
