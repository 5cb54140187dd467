import Bytes

/// Reads the `TZ` string of POSIX (see `YearlyRule`). Nil for what is not one, and for what leaves the rule of summer
/// time to the implementation (`EST5EDT`), which zone files never do.
struct YearlyRuleReader {
    private let text: [UInt8]
    private var index = 0

    static func read(_ text: [UInt8]) -> YearlyRule? {
        var reader = YearlyRuleReader(text: text)
        return reader.rule()
    }

    private init(text: [UInt8]) { self.text = text }

    private mutating func rule() -> YearlyRule? {
        guard designation(), let west = time(hoursMax: 24) else { return nil }
        var rule = YearlyRule(standardOffset: -west, summer: nil)
        if index == text.count { return rule }
        guard designation() else { return nil }
        var offset = 3_600 - west
        if index < text.count, text[index] != UInt8(ascii: ",") {
            guard let summerWest = time(hoursMax: 24) else { return nil }
            offset = -summerWest
        }
        guard let start = moment(), let end = moment(), index == text.count else { return nil }
        rule.summer = YearlyRule.Summer(offset: offset, start: start, end: end)
        return rule
    }

    /// Three letters or more, or anything of letters, digits and signs in angle brackets.
    private mutating func designation() -> Bool {
        let start = index
        if take("<") {
            while index < text.count, text[index] != UInt8(ascii: ">") { index += 1 }
            return take(">")
        }
        while index < text.count, (text[index] | 0x20) &- 0x61 < 26 { index += 1 }
        return index - start >= 3
    }

    private mutating func moment() -> YearlyMoment? {
        guard take(","), let day = day() else { return nil }
        guard take("/") else { return YearlyMoment(day: day, time: 7_200) }
        guard let time = time(hoursMax: 167) else { return nil }
        return YearlyMoment(day: day, time: time)
    }

    private mutating func day() -> YearlyMoment.Day? {
        if take("J") { return number(1...365).map { .withoutLeapDay($0) } }
        guard take("M") else { return number(0...365).map { .ofYear($0) } }
        guard let month = number(1...12), take("."), let week = number(1...5), take("."), let weekday = number(0...6)
        else { return nil }
        return .weekday(month: month, week: week, weekday: weekday)
    }

    /// `[+-]hh[:mm[:ss]]` in seconds.
    private mutating func time(hoursMax: Int64) -> Int64? {
        let isNegative = take("-")
        if !isNegative { _ = take("+") }
        guard var seconds = number(0...hoursMax).map({ $0 * 3_600 }) else { return nil }
        for unit: Int64 in [60, 1] where take(":") {
            guard let part = number(0...59) else { return nil }
            seconds += part * unit
        }
        return isNegative ? -seconds : seconds
    }

    private mutating func number(_ range: ClosedRange<Int64>) -> Int64? {
        let start = index
        var value: Int64 = 0
        while index < text.count, ASCII.isDigit(text[index]), index - start < 4 {
            value = value * 10 + Int64(text[index] - 0x30)
            index += 1
        }
        return index > start && range.contains(value) ? value : nil
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard index < text.count, text[index] == UInt8(ascii: scalar) else { return false }
        index += 1
        return true
    }
}
