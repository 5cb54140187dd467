public import Domain

/// The numbers that a client is told about one limit. All come from one reading, exactly (limits.md 2); seconds are for
/// the answer's encoder to round.
public struct LimitResult: Equatable, Sendable {
    /// B: what the bucket holds when full, the window's quota, or the number of slots.
    public var burst: Int64
    /// Whole tokens that could be spent now: rounded down.
    public var remaining: Int64
    /// Microseconds until the bucket is full, rounded up; until the window ends; until the first slot expires.
    public var resetMicros: Int64
    /// Microseconds until this cost fits if nobody else spends, rounded up; 0 if it fits now. Nil: it never will,
    /// because the cost is above the burst (limits.md 15).
    public var retryMicros: Int64?

    public var costNeverFits: Bool { retryMicros == nil }

    /// - Parameter arrival: at or after `now`, and not past the quota's capacity, as a store returns it.
    public init(arrival: ArrivalTime, quota: CompiledQuota, cost: Int64, now: Int64) {
        let limit = GCRA.limit(of: quota, now: now)
        burst = quota.quota.burst
        remaining = max(0, LimitResult.tokens(from: arrival, to: limit, quota: quota))
        resetMicros = LimitResult.wait(from: ArrivalTime(micros: now, fraction: 0), to: arrival)
        guard cost <= quota.quota.burst else { return }
        retryMicros = LimitResult.wait(from: limit, to: GCRA.spend(cost, from: arrival, quota: quota))
    }

    /// Of a limit of any kind.
    ///
    /// - Parameter state: as in a `BucketReading`.
    public init(_ state: ArrivalTime, kind: BucketKind, quota: CompiledQuota, cost: Int64, now: Int64) {
        switch kind {
        case .tokens, .settled: self.init(arrival: state, quota: quota, cost: cost, now: now)
        case .calendar: self.init(used: state.micros, changes: state.fraction, of: quota, cost: cost, now: now)
        // Each charge takes one, whatever it costs otherwise.
        case .slots: self.init(used: state.micros, changes: state.fraction, of: quota, cost: min(cost, 1), now: now)
        }
    }

    /// Of what is counted: it stays used until a moment, when some or all of it comes back at once.
    private init(used: Int64, changes: Int64, of quota: CompiledQuota, cost: Int64, now: Int64) {
        burst = quota.quota.burst
        remaining = max(0, burst - used)
        resetMicros = max(0, changes - now)
        guard cost <= burst else { return }
        retryMicros = used + cost <= burst ? 0 : resetMicros
    }

    /// Microseconds, rounded up. Both fractions are below N, so they differ by less than one microsecond.
    private static func wait(from earlier: ArrivalTime, to later: ArrivalTime) -> Int64 {
        max(0, later.micros - earlier.micros + (later.fraction > earlier.fraction ? 1 : 0))
    }

    /// Whole tokens that flow in between two times, rounded down, below zero where `later` is the earlier: the
    /// difference in Nths of a microsecond, over P. The product is below 2^103; it nearly
    /// always fits 64 bits, where dividing is several times cheaper.
    static func tokens(from earlier: ArrivalTime, to later: ArrivalTime, quota: CompiledQuota) -> Int64 {
        let micros = later.micros - earlier.micros
        let parts = later.fraction - earlier.fraction
        let (product, overflowed) = micros.multipliedReportingOverflow(by: quota.quota.tokens)
        let (sum, carried) = product.addingReportingOverflow(parts)
        if !overflowed && !carried && sum >= 0 { return sum / quota.quota.period }
        let exact = Int128(micros) * Int128(quota.quota.tokens) + Int128(parts)
        let (whole, rest) = exact.quotientAndRemainder(dividingBy: Int128(quota.quota.period))
        return Int64(rest < 0 ? whole - 1 : whole)
    }
}
