/// limits.md 31: a bucket that never heard of leases, filled by what is admitted and emptied at the rate. It must never
/// hold more than the burst.
struct LeaseOracle {
    let rate: Int64
    let burst: Int64
    private var level = 0.0
    private var at: Int64
    /// The most it ever held above the burst.
    private(set) var excess = 0.0

    init(rate: Int64, burst: Int64, now: Int64) {
        (self.rate, self.burst, at) = (rate, burst, now)
    }

    /// - Parameter now: microseconds, the store's.
    mutating func admit(_ cost: Int64, now: Int64) {
        level = max(0, level - Double(now - at) * Double(rate) / 1_000_000) + Double(cost)
        at = now
        // Sums of a few million doubles of this size are off by less than this.
        if level > Double(burst) + 1e-6 { excess = max(excess, level - Double(burst)) }
    }
}
