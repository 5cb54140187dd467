/// A time zone's offsets from UTC, past and to come.
///
/// A value without files and without a clock: `TZif` reads it from the bytes of the zone's file. Names of offsets
/// (`CET`) and whether one counts as summer time are not kept; windows do not depend on them.
public struct TimeZoneRules: Sendable, Equatable {
    /// As the configuration names it.
    public let name: String
    /// In ascending order; the first holds since ever, so there is at least one. Neighbours' offsets differ.
    let changes: [OffsetChange]
    /// What holds after the last of them; nil where its offset stays.
    let tail: YearlyRule?

    public static let utc = TimeZoneRules(name: "UTC", changes: [.always(0)], tail: nil)

    init(name: String, changes: [OffsetChange], tail: YearlyRule?) {
        precondition(!changes.isEmpty, "a time zone has an offset")
        self.name = name
        self.changes = changes
        self.tail = tail
    }

    /// The stretch of time with one offset that `instant` lies in.
    func stretch(at instant: Int64) -> OffsetStretch {
        var low = 0
        var high = changes.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if changes[middle].instant <= instant { low = middle } else { high = middle }
        }
        if high < changes.count {
            return OffsetStretch(start: changes[low].instant, end: changes[high].instant, offset: changes[low].offset)
        }
        let last = changes[low]
        guard let tail else { return OffsetStretch(start: last.instant, end: .max, offset: last.offset) }
        var stretch = tail.stretch(at: instant)
        stretch.start = max(stretch.start, last.instant)
        return stretch
    }
}

/// From `instant` on, in seconds since 1970, local time is UTC plus `offset` seconds.
struct OffsetChange: Sendable, Equatable {
    var instant: Int64
    var offset: Int64

    static func always(_ offset: Int64) -> OffsetChange { OffsetChange(instant: .min, offset: offset) }
}

/// A stretch of time with one offset: `start` belongs to it, `end` to the next. `Int64.min` and `.max` stand for
/// ever, so ends may be compared and nothing added to them.
struct OffsetStretch: Equatable {
    var start: Int64
    var end: Int64
    var offset: Int64
}
