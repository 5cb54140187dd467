/// How a zone's offset goes on for ever: the `TZ` string of POSIX, at the end of a zone's file.
///
/// `CET-1CEST,M3.5.0,M10.5.0/3`; source: POSIX.1-2024 XBD 8.3 with the wider hours of RFC 9636 section 3.3.1.
struct YearlyRule: Sendable, Equatable {
    /// Seconds east of UTC (POSIX writes them west).
    var standardOffset: Int64
    /// Nil: no summer time.
    var summer: Summer?

    /// Which may lie before standard time (Dublin writes its winter so) and may reach over the year's end.
    struct Summer: Sendable, Equatable {
        var offset: Int64
        /// In standard time.
        var start: YearlyMoment
        /// In summer time.
        var end: YearlyMoment
    }

    func stretch(at instant: Int64) -> OffsetStretch {
        guard let summer else { return OffsetStretch(start: .min, end: .max, offset: standardOffset) }
        let changes = changes(around: instant, summer)
        var current = changes.lastIndex { $0.instant <= instant } ?? 0
        let offset = changes[current].offset
        var next = current + 1
        while next < changes.count, changes[next].offset == offset { next += 1 }
        while current > 0, changes[current - 1].offset == offset { current -= 1 }
        let end = next < changes.count ? changes[next].instant : changes[changes.count - 1].instant
        return OffsetStretch(start: changes[current].instant, end: end, offset: offset)
    }

    /// The changes of the years about `instant`: two to either side, because a rule's hours may carry each change of a
    /// year into its neighbour. Of two at one instant summer's holds, and the other is dropped: so a zone says that its
    /// summer lasts all year.
    private func changes(around instant: Int64, _ summer: Summer) -> [OffsetChange] {
        let day = CivilDate.floorDivide(instant + standardOffset, CivilDate.daySeconds)
        let year = CivilDate.yearAndMonth(ofDay: day).year
        var changes: [OffsetChange] = []
        for year in (year - 2)...(year + 2) {
            let start = summer.start.seconds(in: year) - standardOffset
            let end = summer.end.seconds(in: year) - summer.offset
            changes.append(OffsetChange(instant: start, offset: summer.offset))
            changes.append(OffsetChange(instant: end, offset: standardOffset))
        }
        let summerStarts = Set(changes.lazy.filter { $0.offset == summer.offset }.map(\.instant))
        changes.removeAll { $0.offset != summer.offset && summerStarts.contains($0.instant) }
        return changes.sorted { $0.instant < $1.instant }
    }
}

/// A moment of every year, by the local clock that holds just before it.
struct YearlyMoment: Sendable, Equatable {
    enum Day: Sendable, Equatable {
        /// `J1`…`J365`: February 29 is never counted.
        case withoutLeapDay(Int64)
        /// `0`…`365`, from January 1.
        case ofYear(Int64)
        /// `Mm.w.d`: the w-th weekday d (0 is Sunday) of month m, 5 being the last.
        case weekday(month: Int64, week: Int64, weekday: Int64)
    }

    var day: Day
    /// Seconds after that day's midnight; may lie in another day.
    var time: Int64

    /// Local seconds since 1970.
    func seconds(in year: Int64) -> Int64 { dayNumber(in: year) * CivilDate.daySeconds + time }

    private func dayNumber(in year: Int64) -> Int64 {
        let newYear = CivilDate.days(year: year, month: 1, day: 1)
        switch day {
        case .withoutLeapDay(let day): return newYear + day - 1 + (CivilDate.isLeap(year) && day >= 60 ? 1 : 0)
        case .ofYear(let day): return newYear + day
        case .weekday(let month, let week, let weekday):
            let first = CivilDate.days(year: year, month: month, day: 1)
            let nextMonth =
                month == 12
                ? CivilDate.days(year: year + 1, month: 1, day: 1)
                : CivilDate.days(year: year, month: month + 1, day: 1)
            let found =
                first + CivilDate.floorModulo(weekday - CivilDate.weekday(ofDay: first), 7) + (week - 1) * 7
            return found < nextMonth ? found : found - 7
        }
    }
}
