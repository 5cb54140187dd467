import Testing

@testable import Limits

/// Windows against those that another reader of the same zones found, and their own rules everywhere.
@Suite struct CalendarWindowTests {
    private static let zones = Dictionary(
        uniqueKeysWithValues: ZoneFiles.zones.compactMap { zone in
            (try? TZif.read(zone.bytes, name: zone.name)).map { (zone.name, $0) }
        })

    private func window(_ unit: CalendarUnit, _ zone: String, _ seconds: Int64) throws -> [Int64] {
        let rules = zone == "UTC" ? TimeZoneRules.utc : try #require(Self.zones[zone])
        let (current, next) = CalendarTerms(unit: unit, zone: rules).window(at: seconds * 1_000_000)
        #expect(next.start == current.end)
        return [current.start, current.end, next.end].map { $0 / 1_000_000 }
    }

    @Test func windowsAreThoseThatPythonFinds() throws {
        let lines = ZoneFiles.lines(of: "windows.txt")
        #expect(lines.count > 1_000)
        for line in lines {
            let unit = try #require(CalendarUnit(rawValue: line[1]))
            let numbers = line[2...].compactMap { Int64($0) }
            #expect(try window(unit, line[0], numbers[0]) == Array(numbers[1...]), "\(line)")
        }
    }

    @Test(arguments: [
        (CalendarUnit.minute, 1_790_000_000, 1_789_999_980, 1_790_000_040),
        (.hour, 1_790_000_000, 1_789_999_200, 1_790_002_800), (.day, 1_790_000_000, 1_789_948_800, 1_790_035_200),
        // 2026-09-21 is a Monday, and so is the first day of its week.
        (.week, 1_790_000_000, 1_789_948_800, 1_790_553_600), (.week, 1_789_948_799, 1_789_344_000, 1_789_948_800),
        (.month, 1_790_000_000, 1_788_220_800, 1_790_812_800), (.year, 1_790_000_000, 1_767_225_600, 1_798_761_600),
        (.month, 1_709_164_800, 1_706_745_600, 1_709_251_200), (.year, -1, -31_536_000, 0),
    ])
    func ofUTC(_ unit: CalendarUnit, _ seconds: Int64, _ start: Int64, _ end: Int64) throws {
        #expect(try window(unit, "UTC", seconds).prefix(2) == [start, end])
    }

    @Test func anHourShownTwiceIsTwoWindowsAndADayOfItIsOne() throws {
        // Berlin, 2026-10-25 02:00-03:00, first in summer time and then in winter time.
        #expect(try window(.hour, "Europe/Berlin", 1_792_888_200) == [1_792_886_400, 1_792_890_000, 1_792_893_600])
        #expect(try window(.hour, "Europe/Berlin", 1_792_891_800) == [1_792_890_000, 1_792_893_600, 1_792_897_200])
        let day = try window(.day, "Europe/Berlin", 1_792_888_200)
        #expect(day[1] - day[0] == 25 * 3_600)
    }

    @Test func aSkippedDayIsNoWindow() throws {
        // Samoa went from the end of 2011-12-29 to 2011-12-31.
        let day = try window(.day, "Pacific/Apia", 1_325_239_199)
        #expect(day == [1_325_152_800, 1_325_239_200, 1_325_325_600])
    }

    /// From any moment: it lies in its window, the next follows, and asking from anywhere in it gives the same.
    @Test(arguments: CalendarUnit.allCases) func windowsTileTime(_ unit: CalendarUnit) throws {
        var generator = SplitMix(state: 27)
        for (_, zone) in Self.zones {
            let terms = CalendarTerms(unit: unit, zone: zone)
            for _ in 0..<20 {
                let micros = Int64(generator.next() % 4_000_000_000_000_000)
                let (current, next) = terms.window(at: micros)
                #expect(current.contains(micros))
                #expect(next.start == current.end && next.end > next.start)
                #expect(terms.window(at: current.start).current == current)
                #expect(terms.window(at: current.end - 1).current == current)
                #expect(terms.window(at: current.end).current == next)
            }
        }
    }

    @Test(arguments: CalendarUnit.allCases) func noClockIsTooWrong(_ unit: CalendarUnit) throws {
        for zone in Array(Self.zones.values) + [.utc] {
            for micros in [Int64.min, -1, 0, 1, Int64.max] {
                let (current, next) = CalendarTerms(unit: unit, zone: zone).window(at: micros)
                #expect(current.start < current.end && current.end == next.start && next.start < next.end)
            }
        }
    }

    @Test func aCursorFollowsTheClockBothWays() {
        let terms = CalendarTerms(unit: .hour, zone: .utc)
        var cursor = CalendarCursor(terms)
        for hours in [0, 1, 1, 5, 4, 0, 6] as [Int64] {
            let micros = hours * 3_600_000_000 + 7
            let found = cursor.windows(at: micros)
            #expect(found.current == terms.window(at: micros).current)
            #expect(found.next == terms.window(at: micros).next)
        }
    }
}

private struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = (state ^ state >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }
}
