import Testing

@testable import Limits

/// What a zone's file may be, and what it may not.
@Suite struct TZifTests {
    private func read(_ file: ZoneFile) throws(TZif.Fault) -> TimeZoneRules { try TZif.read(file.bytes, name: "z") }

    @Test func offsetsAreReadInOrderWithoutChangesOfTheNameAlone() throws {
        var file = ZoneFile(offsets: [3_600, 7_200, 3_600])
        file.times = [(-1_000, 2), (5_000, 1), (9_000, 0)]
        file.footer = ""
        let rules = try read(file)
        #expect(
            rules.changes == [
                .always(3_600), OffsetChange(instant: 5_000, offset: 7_200),
                OffsetChange(instant: 9_000, offset: 3_600),
            ])
        #expect(rules.tail == nil)
        #expect(rules.stretch(at: 8_999) == OffsetStretch(start: 5_000, end: 9_000, offset: 7_200))
        #expect(rules.stretch(at: 9_000) == OffsetStretch(start: 9_000, end: .max, offset: 3_600))
    }

    @Test func aFooterAloneIsAZone() throws {
        let rules = try read(ZoneFile(footer: "<+0545>-5:45"))
        #expect(rules.stretch(at: 0).offset == 20_700)
    }

    @Test func whatIsNoZoneIsRefused() {
        #expect(throws: TZif.Fault.notAZone) { try TZif.read([], name: "z") }
        #expect(throws: TZif.Fault.notAZone) {
            try TZif.read(Array("# tz zone descriptions".utf8) + Array(repeating: 0, count: 99), name: "z")
        }
        #expect(throws: TZif.Fault.tooOld) { try read(ZoneFile(version: 0)) }
        #expect(throws: TZif.Fault.countsLeapSeconds) { try read(ZoneFile(leaps: 1)) }
        let large = ZoneFile().bytes + [UInt8](repeating: 0, count: TZif.bytesMax)
        #expect(throws: TZif.Fault.notAZone) { try TZif.read(large, name: "z") }
    }

    @Test func lyingFilesAreRefused() {
        #expect(throws: TZif.Fault.broken) { try read(ZoneFile(times: [(5, 1)])) }
        #expect(throws: TZif.Fault.broken) { try read(ZoneFile(times: [(5, 1), (4, 0)], offsets: [0, 60])) }
        #expect(throws: TZif.Fault.broken) { try read(ZoneFile(offsets: [93_600])) }
        #expect(throws: TZif.Fault.broken) { try read(ZoneFile(offsets: [-90_000])) }
        #expect(throws: TZif.Fault.broken) { try read(ZoneFile(offsets: [])) }
        #expect(throws: TZif.Fault.broken) { try read(ZoneFile(footer: "EST5EDT")) }
        var counts = ZoneFile().bytes
        counts.replaceSubrange(32..<36, with: [0xFF, 0xFF, 0xFF, 0xFF])
        #expect(throws: TZif.Fault.broken) { try TZif.read(counts, name: "z") }
    }

    @Test func everyPrefixOfARealFileIsRefused() throws {
        for zone in ZoneFiles.zones.prefix(3) {
            #expect((try? TZif.read(zone.bytes, name: zone.name)) != nil)
            for length in 0..<zone.bytes.count {
                #expect(throws: TZif.Fault.self) { try TZif.read(Array(zone.bytes[..<length]), name: zone.name) }
            }
        }
    }

    /// Whatever is changed in a file, reading ends, and windows of what is read still tile time.
    @Test func changedBytesAreRefusedOrHarmless() throws {
        let zone = try #require(ZoneFiles.zones.first)
        for index in zone.bytes.indices {
            for value: UInt8 in [0, 0x31, 0x7F, 0xFF] {
                var bytes = zone.bytes
                bytes[index] = value
                guard let rules = try? TZif.read(bytes, name: "z") else { continue }
                let terms = CalendarTerms(unit: .day, zone: rules)
                let (current, next) = terms.window(at: 1_790_000_000_000_000)
                #expect(current.contains(1_790_000_000_000_000) && next.start == current.end)
            }
        }
    }
}
