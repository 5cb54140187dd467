import Testing

@testable import Limits

/// The `TZ` strings of POSIX.
@Suite struct YearlyRuleTests {
    private func rule(_ text: String) -> YearlyRule? { YearlyRuleReader.read(Array(text.utf8)) }

    @Test(arguments: [
        // The hour before and the hour of the change to summer in Berlin, 2026-03-29 01:00 UTC, and back again.
        ("CET-1CEST,M3.5.0,M10.5.0/3", 1_774_745_999, 3_600), ("CET-1CEST,M3.5.0,M10.5.0/3", 1_774_746_000, 7_200),
        ("CET-1CEST,M3.5.0,M10.5.0/3", 1_792_889_999, 7_200), ("CET-1CEST,M3.5.0,M10.5.0/3", 1_792_890_000, 3_600),
        // Dublin's winter is the exception.
        ("IST-1GMT0,M10.5.0,M3.5.0/1", 1_774_745_999, 0), ("IST-1GMT0,M10.5.0,M3.5.0/1", 1_774_746_000, 3_600),
        // The south: summer over the year's end.
        ("NZST-12NZDT,M9.5.0,M4.1.0/3", 1_767_225_600, 46_800), ("NZST-12NZDT,M9.5.0,M4.1.0/3", 1_782_864_000, 43_200),
        // Summer all year long (RFC 9636 section 3.3.1), and at the very moment where two years of it meet.
        ("EST5EDT4,0/0,J365/25", 1_767_243_600, -14_400), ("EST5EDT4,0/0,J365/25", 1_790_000_000, -14_400),
        // Hours below zero: Nuuk changes on the Saturday before.
        ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 1_774_745_999, -7_200),
        ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 1_774_746_000, -3_600),
        // Day 60 without leap days is March 1; day 59 from January 1 is February 29 in a leap year.
        ("AAA0BBB,J60/0,J300", 1_709_251_199, 0), ("AAA0BBB,J60/0,J300", 1_709_251_200, 3_600),
        ("AAA0BBB,59/0,J300", 1_709_164_799, 0), ("AAA0BBB,59/0,J300", 1_709_164_800, 3_600),
        ("UTC0", 5, 0), ("<+1245>-12:45", 5, 45_900), ("XXX+1:02:03", 5, -3_723),
    ])
    func offsetsAre(_ text: String, _ instant: Int64, _ offset: Int64) throws {
        let stretch = try #require(rule(text)).stretch(at: instant)
        #expect(stretch.offset == offset)
        #expect(stretch.start <= instant && instant < stretch.end)
    }

    @Test(arguments: [
        "", "A0", "UT0", "UTC", "UTC25", "UTC0:60", "UTC0x", "EST5EDT", "EST5EDT,M3.2.0", "EST5EDT,M13.2.0,M11.1.0",
        "EST5EDT,M3.6.0,M11.1.0", "EST5EDT,M3.0.0,M11.1.0", "EST5EDT,M3.2.7,M11.1.0", "EST5EDT,J0,J1",
        "EST5EDT,J366,J1", "EST5EDT,366,1", "EST5EDT,M3.2.0/168,M11.1.0", "EST5EDT,M3.2.0,M11.1.0,", "<+1-1",
        "EST5EDT,M3.2.0,M11.1.0/", "EST--5", "EST5EDT,M00003.2.0,M11.1.0",
    ])
    func isRefused(_ text: String) { #expect(rule(text) == nil) }
}
