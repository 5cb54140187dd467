/// How a limit counts.
public enum Counting: Sendable, Equatable {
    /// A token bucket: `Limit.quota`.
    case tokens
    /// So much in each window of the calendar (limits.md 27). `Limit.quota.quota.burst` is how much.
    case calendar(CalendarTerms)
    /// So many at once (limits.md 28). `Limit.quota.quota.burst` is how many, and every charge takes one.
    case slots(SlotTerms)

    /// What takes no place in a token bucket's arithmetic.
    public var isTokens: Bool { self == .tokens }
}

/// What a limit's buckets are in a store: one of four values, with the numbers by which `spend.lua` knows them.
public enum BucketKind: UInt8, Sendable {
    /// A token bucket whose charges are final.
    case tokens = 0
    /// A token bucket that also remembers when it was last full (limits.md 29).
    case settled = 1
    case calendar = 2
    case slots = 3
}

/// Windows of the calendar in a time zone.
public struct CalendarTerms: Sendable, Equatable {
    public var unit: CalendarUnit
    public var zone: TimeZoneRules

    public init(unit: CalendarUnit, zone: TimeZoneRules) {
        self.unit = unit
        self.zone = zone
    }
}

/// Slots that come back by themselves when their holder is gone.
public struct SlotTerms: Sendable, Equatable {
    /// How long a slot is held without being renewed, in microseconds on the store's clock.
    public var leaseMicros: Int64

    public init(leaseMicros: Int64) { self.leaseMicros = leaseMicros }
}

/// A limit whose checks reserve an estimate and settle the truth afterwards (limits.md 29).
public struct SettlementTerms: Sendable, Equatable {
    /// What a check reserves where neither its route nor a trusted proxy says more: tokens of the bucket.
    public var estimate: Int64
    /// After this an unsettled reservation stands as it was, in microseconds on the store's clock.
    public var expiresMicros: Int64
    /// How far settling may take the bucket below empty, in tokens.
    public var debtMax: Int64

    public init(estimate: Int64, expiresMicros: Int64, debtMax: Int64) {
        self.estimate = estimate
        self.expiresMicros = expiresMicros
        self.debtMax = debtMax
    }
}

/// `precision: leased`: tokens leave the store ahead of demand (limits.md 17-22). The limit's quota is already the
/// one with the hold-back taken off its burst.
public struct LeaseTerms: Sendable, Equatable {
    /// Λ: how long leased tokens may be spent after the request for them was sent.
    public var lifetimeMicros: Int64

    public init(lifetimeMicros: Int64) { self.lifetimeMicros = lifetimeMicros }
}
