import Limits
import Testing

/// The notation of rates.
@Suite struct RateNotationTests {
    private func parse(_ text: String) throws(RateNotationError) -> WrittenRate {
        try RateNotation.parse(Array(text.utf8).span)
    }

    @Test(
        arguments: [
            ("5/s", 5, 1), ("5/sec", 5, 1), ("5/secs", 5, 1), ("5/second", 5, 1), ("5/seconds", 5, 1), ("5/m", 5, 60),
            ("5/min", 5, 60), ("5/mins", 5, 60), ("5/minute", 5, 60), ("5/minutes", 5, 60), ("5/h", 5, 3_600),
            ("5/hour", 5, 3_600), ("5/hours", 5, 3_600), ("5/d", 5, 86_400), ("5/day", 5, 86_400),
            ("5/days", 5, 86_400),
            ("100/5minutes", 100, 300), ("100 / 5 minutes", 100, 300), ("100 per hour", 100, 3_600),
            ("100 PER 2 Hours", 100, 7_200), ("10/S", 10, 1), ("1/10s", 1, 10), ("007/s", 7, 1),
            ("9223372036854775807/s", 9_223_372_036_854_775_807, 1),
        ] as [(String, Int64, Int64)])
    func reads(_ text: String, _ tokens: Int64, _ seconds: Int64) throws {
        #expect(try parse(text) == WrittenRate(tokens: tokens, periodMicros: seconds * 1_000_000))
    }

    @Test(
        arguments: [
            ("", .countMissing), ("/s", .countMissing), (" 5/s", .countMissing), ("-5/s", .countMissing),
            ("five/s", .countMissing), ("0/s", .countZero), ("00/s", .countZero), ("0.5/s", .countFractional),
            ("1.5/s", .countFractional), ("5", .separatorMissing), ("5 s", .separatorMissing),
            ("5s", .separatorMissing),
            ("5per s", .separatorMissing), ("5 pers", .separatorMissing), ("5 per", .separatorMissing),
            ("1e3/s", .separatorMissing), ("1,000/s", .separatorMissing), ("5/", .unitMissing), ("5/ ", .unitMissing),
            ("5/5", .unitMissing), ("5 per ", .unitMissing), ("5/0s", .periodZero), ("5/fortnight", .unitUnknown),
            ("5/ms", .unitUnknown), ("5/s ", .unitUnknown), ("5//s", .unitUnknown), ("5/-1s", .unitUnknown),
            ("5/1.5s", .unitUnknown), ("5/secondss", .unitUnknown), ("5/week", .unitOfCalendar),
            ("5/MONTH", .unitOfCalendar),
            ("5/2years", .unitOfCalendar), ("1/minute;20/hour", .severalRates), ("1/minute, 20/hour", .severalRates),
            ("1/minute|2/hour", .severalRates), ("9223372036854775808/s", .overflow),
            ("5/9223372036854775808s", .overflow),
            ("5/9223372036855s", .overflow), ("5/106751992days", .overflow),
        ] as [(String, RateNotationError)])
    func refuses(_ text: String, _ error: RateNotationError) {
        #expect(throws: error) { try parse(text) }
    }

    @Test(
        arguments: [
            ("5/minute", .minute), ("5/h", .hour), ("5 per day", .day), ("5/w", .week), ("5/1 weeks", .week),
            ("5/mo", .month), ("5/MONTH", .month), ("5/y", .year), ("5 / years", .year),
        ] as [(String, CalendarUnit)])
    func readsOfTheCalendar(_ text: String, _ unit: CalendarUnit) throws {
        let rate = try RateNotation.parseCalendar(Array(text.utf8).span)
        #expect(rate == WrittenCalendarRate(tokens: 5, unit: unit))
    }

    @Test(
        arguments: [
            ("5/s", .notOfCalendar), ("5/2months", .notOfCalendar), ("0/month", .countZero),
            ("5/fortnight", .unitUnknown), ("5/month;1/year", .severalRates),
        ] as [(String, RateNotationError)])
    func refusesOfTheCalendar(_ text: String, _ error: RateNotationError) {
        #expect(throws: error) { try RateNotation.parseCalendar(Array(text.utf8).span) }
    }

    @Test func theLongestPeriodFits() throws {
        #expect(try parse("5/9223372036854s").periodMicros == 9_223_372_036_854_000_000)
    }
}
