public import Domain

// Tokens that move without a check: leased ahead of it, or given back after it (limits.md 18, 19, 29).
extension GCRA {
    /// Tokens of a lease as the arithmetic sees them: no more than the bucket holds or than stays exact in a sum.
    public static func leasable(_ tokens: Int64, quota: CompiledQuota) -> Int64 {
        max(0, min(tokens, quota.quota.burst, quota.exactCost))
    }

    /// A bucket after `tokens`, which left it at `left`, came back: what flowed in since is taken off them
    /// (limits.md 18), and it is never more than full.
    public static func credit(
        _ tokens: Int64, left: Int64, to arrival: ArrivalTime, quota: CompiledQuota, now: Int64
    ) -> ArrivalTime {
        let moved = spend(tokens, from: ArrivalTime(micros: 0, fraction: 0), quota: quota)
        let credit = moved.micros - max(0, now - left)
        guard credit >= 0 else { return arrival }
        let back = ArrivalTime(micros: credit, fraction: moved.fraction)
        return max(move(arrival, back: back, quota: quota), ArrivalTime(micros: now, fraction: 0))
    }

    /// The arrival time that much earlier.
    static func move(_ arrival: ArrivalTime, back: ArrivalTime, quota: CompiledQuota) -> ArrivalTime {
        let (micros, fraction) = (arrival.micros - back.micros, arrival.fraction - back.fraction)
        if fraction >= 0 { return ArrivalTime(micros: micros, fraction: fraction) }
        return ArrivalTime(micros: micros - 1, fraction: fraction + quota.quota.tokens)
    }

    /// Whole tokens between two times. Doubles in this order, as the script computes it: an estimate that may be one
    /// off, for callers that check what they do with it.
    static func tokens(from earlier: ArrivalTime, to later: ArrivalTime, quota: CompiledQuota) -> Int64 {
        let terms = quota.quota
        let ahead =
            Double(later.micros - earlier.micros)
            + Double(later.fraction - earlier.fraction) / Double(terms.tokens)
        return Int64((ahead * Double(terms.tokens) / Double(terms.period)).rounded(.down))
    }

    /// What a lease may get of a bucket: at most an eighth of what is left (limits.md 19).
    ///
    /// Doubles in this order, as the script computes it; they round, and no eighth comes near the limit.
    public static func grant(_ want: Int64, from arrival: ArrivalTime, quota: CompiledQuota, now: Int64) -> Int64 {
        let left = tokens(from: arrival, to: limit(of: quota, now: now), quota: quota)
        return left < 8 ? 0 : min(want, left / 8)
    }
}
