/// The length of a calendar window.
public enum CalendarUnit: String, CaseIterable, Sendable {
    case minute, hour, day, week, month, year
}

/// One window of the calendar, in microseconds since 1970: `start` belongs to it, `end` to the next.
public struct CalendarWindow: Hashable, Sendable {
    public var start: Int64
    public var end: Int64

    public init(start: Int64, end: Int64) {
        self.start = start
        self.end = end
    }

    public func contains(_ micros: Int64) -> Bool { start <= micros && micros < end }
}
