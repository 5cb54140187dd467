/// Which window of the calendar a time lies in, by the clocks of a zone.
///
/// The windows of a zone and unit follow each other without gap or overlap, whatever its clocks do:
/// - A day, week (from Monday, ISO 8601), month or year begins when the zone's clocks first show its first midnight or
///   anything later. Where a change skips midnight it begins with the change; where a change shows midnight twice, with
///   the first. A day of 23 or 25 hours is one window, and a day that a zone skipped is none.
/// - An hour or minute also ends where the zone's offset changes, so that an hour shown twice is two windows.
extension CalendarTerms {
    /// The window that `micros` (since 1970) lies in and the one after it. Allocates for zones with summer time: ask
    /// again when the window has ended, as `CalendarCursor` does, and not for each check.
    public func window(at micros: Int64) -> (current: CalendarWindow, next: CalendarWindow) {
        let instant = CivilDate.floorDivide(micros.clamped, 1_000_000)
        let current = span(at: instant)
        return (current.window, span(at: current.upperBound).window)
    }

    /// In seconds since 1970.
    private func span(at instant: Int64) -> Range<Int64> {
        switch unit {
        case .minute: return clockSpan(at: instant, length: 60)
        case .hour: return clockSpan(at: instant, length: 3_600)
        case .day, .week, .month, .year: return dateSpan(at: instant)
        }
    }

    private func clockSpan(at instant: Int64, length: Int64) -> Range<Int64> {
        let stretch = zone.stretch(at: instant)
        let start = CivilDate.floorDivide(instant + stretch.offset, length) * length - stretch.offset
        return max(start, stretch.start)..<min(start + length, stretch.end)
    }

    /// Near a change the clocks may have been set back behind a midnight that has begun its window already, or have
    /// been set forward over some; so the window that the clocks show is only where the search starts.
    private func dateSpan(at instant: Int64) -> Range<Int64> {
        var index = unit.index(ofLocal: instant + zone.stretch(at: instant).offset)
        while beginning(of: index) > instant { index -= 1 }
        var end = beginning(of: index + 1)
        while end <= instant {
            index += 1
            end = beginning(of: index + 1)
        }
        return beginning(of: index)..<end
    }

    /// The first instant at which the zone's clocks show the first midnight of unit `index`, or anything later.
    private func beginning(of index: Int64) -> Int64 {
        let midnight = unit.midnight(of: index)
        // No offset reaches 26 hours, so this is before it everywhere.
        var stretch = zone.stretch(at: midnight - 26 * 3_600)
        while true {
            let shown = max(stretch.start, midnight - stretch.offset)
            if shown < stretch.end { return shown }
            stretch = zone.stretch(at: stretch.end)
        }
    }
}

extension CalendarUnit {
    /// The number of the unit that a local time lies in; units of a kind are numbered without gaps.
    fileprivate func index(ofLocal seconds: Int64) -> Int64 {
        let day = CivilDate.floorDivide(seconds, CivilDate.daySeconds)
        switch self {
        case .minute: return CivilDate.floorDivide(seconds, 60)
        case .hour: return CivilDate.floorDivide(seconds, 3_600)
        case .day: return day
        case .week: return CivilDate.floorDivide(day + 3, 7)
        case .month:
            let date = CivilDate.yearAndMonth(ofDay: day)
            return date.year * 12 + date.month - 1
        case .year: return CivilDate.yearAndMonth(ofDay: day).year
        }
    }

    /// The local seconds at which unit `index` begins.
    fileprivate func midnight(of index: Int64) -> Int64 {
        switch self {
        case .minute: return index * 60
        case .hour: return index * 3_600
        case .day: return index * CivilDate.daySeconds
        case .week: return (index * 7 - 3) * CivilDate.daySeconds
        case .month:
            let year = CivilDate.floorDivide(index, 12)
            return CivilDate.days(year: year, month: index - year * 12 + 1, day: 1) * CivilDate.daySeconds
        case .year: return CivilDate.days(year: index, month: 1, day: 1) * CivilDate.daySeconds
        }
    }
}

extension Range<Int64> {
    /// Of seconds.
    fileprivate var window: CalendarWindow {
        CalendarWindow(start: lowerBound * 1_000_000, end: upperBound * 1_000_000)
    }
}

extension Int64 {
    /// Within 140,000 years of 1970, so that sums of windows stay inside Int64 whatever a clock says.
    fileprivate var clamped: Int64 { Swift.min(Swift.max(self, -1 << 62), 1 << 62) }
}
