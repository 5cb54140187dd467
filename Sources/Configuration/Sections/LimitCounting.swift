import Domain
import Limits

extension SettingsDecoder {
    /// Each is a member of a sorted set in Redis.
    static let maxSlots = 10_000
    static let defaultLeaseSeconds = 60
    private enum Window: String, CaseIterable { case calendar }

    /// How a limit counts, and how much fits.
    struct Counted {
        var counting: Counting
        var quota: Quota
    }

    /// A rate, a calendar quota or a number of slots: whichever keys there are say which.
    func counted(_ section: Section, _ bounds: Bounds) -> Counted? {
        let isCalendar = section.holds("window")
        let isSlots = section.holds("concurrency")
        if isSlots {
            refuse(["rate", "burst", "window", "settle"], in: section, "has no place beside `concurrency`")
        } else {
            require(section, "rate", in: "a limit")
            refuse(["lease_seconds"], in: section, "needs `concurrency` beside it")
        }
        if !isCalendar { refuse(["time_zone"], in: section, "needs `window: calendar` beside it") }
        if isSlots { return slots(section, bounds) }
        return isCalendar ? calendar(section, bounds) : bucket(section, bounds)
    }

    private func refuse(_ keys: [String], in section: Section, _ why: String) {
        for key in keys where section.holds(key) { problems.error(section.position(of: key), "`\(key)` \(why)") }
    }

    private func bucket(_ section: Section, _ bounds: Bounds) -> Counted? {
        let burst = section["burst"].flatMap { integer($0, "burst", in: 1...Self.maxBurst) }
        guard let node = section["rate"], let rate = rate(node, "rate") else { return nil }
        let quota = quota(
            rate, burst: burst.map { Int64($0) } ?? rate.tokens, bounds, rateAt: node.position,
            burstAt: section["burst"]?.position)
        return quota.map { Counted(counting: .tokens, quota: $0) }
    }

    private func calendar(_ section: Section, _ bounds: Bounds) -> Counted? {
        refuse(["burst"], in: section, "has no place beside `window: calendar`, which has no burst")
        let window: Window? = section["window"].flatMap { word($0, "window") }
        let zone = section["time_zone"].map { timeZone($0) } ?? .utc
        guard let node = section["rate"], window != nil, let rate = calendarRate(node), let zone else { return nil }
        let written = WrittenRate(tokens: rate.tokens, periodMicros: rate.unit.usualMicros)
        let quota = quota(written, burst: rate.tokens, bounds, rateAt: node.position, burstAt: nil)
        return quota.map { Counted(counting: .calendar(CalendarTerms(unit: rate.unit, zone: zone)), quota: $0) }
    }

    private func slots(_ section: Section, _ bounds: Bounds) -> Counted? {
        let seconds = integer(section, "lease_seconds", in: 1...86_400, or: Self.defaultLeaseSeconds)
        guard let node = section["concurrency"], let count = integer(node, "concurrency", in: 1...Self.maxSlots) else {
            return nil
        }
        let leaseMicros = Int64(seconds) * 1_000_000
        let written = WrittenRate(tokens: Int64(count), periodMicros: leaseMicros)
        // Slots cost one, so `max_cost` has nothing to do with them.
        var bounds = bounds
        bounds.maxCost = 1
        let quota = quota(written, burst: Int64(count), bounds, rateAt: node.position, burstAt: nil)
        return quota.map { Counted(counting: .slots(SlotTerms(leaseMicros: leaseMicros)), quota: $0) }
    }
}

extension CalendarUnit {
    /// A window's mean length, for the local share and for headers that want a number.
    fileprivate var usualMicros: Int64 {
        switch self {
        case .minute: 60_000_000
        case .hour: 3_600_000_000
        case .day: 86_400_000_000
        case .week: 604_800_000_000
        case .month: 2_629_746_000_000
        case .year: 31_556_952_000_000
        }
    }
}
