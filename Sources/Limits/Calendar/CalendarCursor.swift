/// The windows of one limit as a worker's clock goes through them, worked out once per window.
public struct CalendarCursor: Sendable {
    private let terms: CalendarTerms
    private var current = CalendarWindow(start: 0, end: 0)
    private var next = CalendarWindow(start: 0, end: 0)

    public init(_ terms: CalendarTerms) { self.terms = terms }

    /// The window at `micros` since 1970 and the next. A clock that steps back gets the earlier window; that a bucket
    /// does not follow it there is the store's business (limits.md 27).
    public mutating func windows(at micros: Int64) -> (current: CalendarWindow, next: CalendarWindow) {
        if !current.contains(micros) { (current, next) = terms.window(at: micros) }
        return (current, next)
    }
}
