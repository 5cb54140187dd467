public import Domain

/// The generic cell rate algorithm in exact rational arithmetic (limits.md 1, 3, 4).
///
/// A bucket is one number, its *theoretical arrival time*: the moment at which it will be full again. Spending moves
/// it forward; when it would stand further ahead than the bucket is deep, the cost does not fit. Nothing is rounded,
/// so the arrival time *is* a rational token bucket. `spend.lua` takes the same steps in the same order.
public enum GCRA {
    /// What a stored arrival time means under `quota` at `now`: never before now (a full bucket does not grow),
    /// rescaled if it was written under other terms, and clamped.
    ///
    /// - Parameters:
    ///   - storedTokens: the N the value was written under.
    ///   - storedPeriod: the P the value was written under.
    @inlinable
    public static func load(
        _ stored: ArrivalTime, storedTokens: Int64, storedPeriod: Int64, quota: CompiledQuota, now: Int64
    ) -> ArrivalTime {
        if stored.micros < now { return ArrivalTime(micros: now, fraction: 0) }
        if storedTokens == quota.quota.tokens && storedPeriod == quota.quota.period {
            return clamp(stored, quota: quota, now: now)
        }
        return rescale(stored, storedTokens: storedTokens, storedPeriod: storedPeriod, quota: quota, now: now)
    }

    /// Keeps the *tokens used* when a limit's rate changes (limits.md 3), then clamps.
    ///
    /// Doubles, in this order, because the script computes the same and the two must agree to the last bit. A bucket
    /// is rescaled once per change of its limit, and the ceiling errs towards less than a microsecond more used.
    public static func rescale(
        _ stored: ArrivalTime, storedTokens: Int64, storedPeriod: Int64, quota: CompiledQuota, now: Int64
    ) -> ArrivalTime {
        let ahead = Double(stored.micros - now) + Double(stored.fraction) / Double(storedTokens)
        let used = ahead * Double(storedTokens) / Double(storedPeriod)
        let moved = (used * Double(quota.quota.period) / Double(quota.quota.tokens)).rounded(.up)
        // Beyond any capacity, and not to be converted: the old burst may have been a great many more tokens.
        guard moved < Double(CompiledQuota.refillMax) else { return ceiling(of: quota, now: now) }
        return clamp(ArrivalTime(micros: now + Int64(moved), fraction: 0), quota: quota, now: now)
    }

    /// No arrival time stands further ahead than that of an empty bucket with all its debt (limits.md 4): a clock that
    /// stepped back costs at most one of those.
    @inlinable
    public static func clamp(_ arrival: ArrivalTime, quota: CompiledQuota, now: Int64) -> ArrivalTime {
        min(arrival, ceiling(of: quota, now: now))
    }

    /// The arrival time after `cost` more tokens.
    ///
    /// A cost above the burst never fits (limits.md 15) and is taken as burst + 1, which does not either, and keeps
    /// the sums within their bounds.
    @inlinable
    public static func spend(_ cost: Int64, from arrival: ArrivalTime, quota: CompiledQuota) -> ArrivalTime {
        advance(arrival, by: bounded(cost, quota: quota), quota: quota)
    }

    /// The arrival time after so many tokens more, at most `CompiledQuota.exactCost`.
    @inlinable
    public static func advance(_ arrival: ArrivalTime, by cost: Int64, quota: CompiledQuota) -> ArrivalTime {
        // < N + maxCost·N <= 2^53, and < 2^50 + P/N microseconds on top of the clock: limits.md 2.
        let parts = arrival.fraction &+ cost &* quota.partMicros
        let micros = arrival.micros &+ cost &* quota.wholeMicros
        if parts < quota.quota.tokens { return ArrivalTime(micros: micros, fraction: parts) }
        let (whole, fraction) = parts.quotientAndRemainder(dividingBy: quota.quota.tokens)
        return ArrivalTime(micros: micros &+ whole, fraction: fraction)
    }

    /// Whether an arrival time is one the bucket can have: not past `now + B·P/N`.
    @inlinable
    public static func fits(_ arrival: ArrivalTime, quota: CompiledQuota, now: Int64) -> Bool {
        arrival <= limit(of: quota, now: now)
    }

    /// The cost as the arithmetic sees it: at most burst + 1.
    @inlinable
    public static func bounded(_ cost: Int64, quota: CompiledQuota) -> Int64 {
        cost > quota.quota.burst ? quota.quota.burst &+ 1 : cost
    }

    /// The arrival time of an empty bucket.
    @inlinable
    public static func limit(of quota: CompiledQuota, now: Int64) -> ArrivalTime {
        ArrivalTime(micros: now &+ quota.capacity.micros, fraction: quota.capacity.fraction)
    }
    /// The furthest that an arrival time ever stands ahead: that of an empty bucket with all its debt.
    @inlinable
    public static func ceiling(of quota: CompiledQuota, now: Int64) -> ArrivalTime {
        ArrivalTime(micros: now &+ quota.ceiling.micros, fraction: quota.ceiling.fraction)
    }
}
