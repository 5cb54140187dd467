import Bytes

/// A rate as it is written: `tokens` per `periodMicros` microseconds, both at least 1, not reduced.
public struct WrittenRate: Hashable, Sendable {
    public var tokens: Int64
    public var periodMicros: Int64

    public init(tokens: Int64, periodMicros: Int64) {
        self.tokens = tokens
        self.periodMicros = periodMicros
    }
}

/// A calendar quota as it is written: `tokens`, at least 1, in each `unit`.
public struct WrittenCalendarRate: Hashable, Sendable {
    public var tokens: Int64
    public var unit: CalendarUnit

    public init(tokens: Int64, unit: CalendarUnit) {
        self.tokens = tokens
        self.unit = unit
    }
}

/// What is wrong with a rate's spelling.
public enum RateNotationError: Error, Hashable, Sendable {
    /// It does not start with a whole number in digits.
    case countMissing
    /// `0.5/s`: counts are whole, so that nothing is ever rounded.
    case countFractional
    case countZero
    /// Neither `/` nor `per` after the number.
    case separatorMissing
    case periodZero
    case unitMissing
    case unitUnknown
    /// Week, month or year: their windows follow the calendar, which a token bucket cannot (limits.md 27).
    case unitOfCalendar
    /// Seconds, or several of a unit: no calendar has such windows.
    case notOfCalendar
    /// `1/minute;20/hour`: each rate is a limit of its own.
    case severalRates
    /// The count or the period in microseconds passes `Int64.max`.
    case overflow
}

/// The notation of rates in configuration: `N/unit`, `N per unit`, `N/5minutes`.
///
/// Case-insensitive; spaces may stand around the separator and after the period's number. Counts are digits only:
/// no sign, no fraction, no exponent, so that nothing is ever rounded.
public enum RateNotation {
    /// The spellings of a unit, in lower case.
    private struct Unit {
        let names: [StaticString]
        /// Its length; nil where that differs.
        let micros: Int64?
        /// Nil where the calendar has no windows of it.
        let window: CalendarUnit?
    }

    private static let units = [
        Unit(names: ["s", "sec", "secs", "second", "seconds"], micros: 1_000_000, window: nil),
        Unit(names: ["m", "min", "mins", "minute", "minutes"], micros: 60_000_000, window: .minute),
        Unit(names: ["h", "hour", "hours"], micros: 3_600_000_000, window: .hour),
        Unit(names: ["d", "day", "days"], micros: 86_400_000_000, window: .day),
        Unit(names: ["w", "week", "weeks"], micros: nil, window: .week),
        Unit(names: ["mo", "month", "months"], micros: nil, window: .month),
        Unit(names: ["y", "year", "years"], micros: nil, window: .year),
    ]

    public static func parse(_ text: borrowing Span<UInt8>) throws(RateNotationError) -> WrittenRate {
        let (tokens, multiple, unit) = try parts(text)
        guard let micros = unit.micros else { throw .unitOfCalendar }
        let (period, overflowed) = multiple.multipliedReportingOverflow(by: micros)
        if overflowed { throw .overflow }
        return WrittenRate(tokens: tokens, periodMicros: period)
    }

    /// The same notation for `window: calendar`: one minute, hour, day, week, month or year.
    public static func parseCalendar(
        _ text: borrowing Span<UInt8>
    ) throws(RateNotationError) -> WrittenCalendarRate {
        let (tokens, multiple, unit) = try parts(text)
        guard let window = unit.window, multiple == 1 else { throw .notOfCalendar }
        return WrittenCalendarRate(tokens: tokens, unit: window)
    }

    private static func parts(
        _ text: borrowing Span<UInt8>
    ) throws(RateNotationError) -> (tokens: Int64, multiple: Int64, unit: Unit) {
        var index = 0
        guard let tokens = try number(text, &index) else { throw .countMissing }
        if index < text.count, text[index] == 0x2E { throw .countFractional }
        guard tokens > 0 else { throw .countZero }
        try separator(text, &index)
        let multiple = try number(text, &index) ?? 1
        guard multiple > 0 else { throw .periodZero }
        skipSpaces(text, &index)
        return (tokens, multiple, try unit(text, from: index))
    }

    private static func number(
        _ text: borrowing Span<UInt8>, _ index: inout Int
    ) throws(RateNotationError) -> Int64? {
        let start = index
        while index < text.count, ASCII.isDigit(text[index]) { index += 1 }
        if start == index { return nil }
        guard let value = Decimal.parse(text.extracting(start..<index)) else { throw .overflow }
        return value
    }

    private static func separator(_ text: borrowing Span<UInt8>, _ index: inout Int) throws(RateNotationError) {
        let start = index
        skipSpaces(text, &index)
        guard index < text.count else { throw .separatorMissing }
        if text[index] == 0x2F {
            index += 1
        } else {
            // `per` is a word: `5per s` and `5 pers` are not rates.
            let end = index + 3
            guard index > start, end < text.count, text[end] == 0x20,
                text.extracting(index..<end).equalsIgnoringCase("per")
            else { throw .separatorMissing }
            index = end
        }
        skipSpaces(text, &index)
    }

    private static func skipSpaces(_ text: borrowing Span<UInt8>, _ index: inout Int) {
        while index < text.count, text[index] == 0x20 { index += 1 }
    }

    private static func unit(_ text: borrowing Span<UInt8>, from start: Int) throws(RateNotationError) -> Unit {
        guard start < text.count else { throw .unitMissing }
        for mark: UInt8 in [0x2C, 0x3B, 0x7C] where text.firstIndex(of: mark, from: start) != nil {
            throw .severalRates
        }
        let name = text.extracting(start..<text.count)
        for unit in units {
            for spelling in unit.names where name.equalsIgnoringCase(spelling) { return unit }
        }
        throw .unitUnknown
    }
}
