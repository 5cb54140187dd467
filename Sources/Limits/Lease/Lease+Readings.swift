import Domain

// What a client is told of a bucket that was not asked for this check.
extension Lease {
    /// The store's clock at `now`, rounded up. It counts from when the call was sent, before the store read its clock,
    /// so it runs ahead, and what it says of waiting is short rather than long.
    func storeTime(at now: UInt64) -> Int64 {
        knownNow + Int64((max(now, knownAt) - knownAt + 999) / 1_000)
    }

    /// After a charge that was spent here: what was left in the store at its last answer, and the lease's own tokens
    /// beside it. What flowed in since is not shown, because others may have had it (limits.md 22).
    func reading(_ quota: CompiledQuota, at storeNow: Int64) -> BucketReading {
        let own = micros(of: older.tokens + newer.tokens, quota)
        let ahead = known.micros - knownNow + (known.fraction > 0 ? 1 : 0) - own
        let arrival = ArrivalTime(micros: storeNow + max(0, ahead), fraction: 0)
        return BucketReading(
            arrival: GCRA.clamp(arrival, quota: quota, now: storeNow), fits: true, isReadable: true)
    }

    /// Of a charge that was refused here. Where only the pace of asking holds it up, the next moment is named.
    func refusal(of cost: Int64, _ quota: CompiledQuota, at storeNow: Int64) -> BucketReading {
        var arrival = max(known, ArrivalTime(micros: storeNow, fraction: 0))
        let after = GCRA.spend(cost, from: arrival, quota: quota)
        if GCRA.fits(after, quota: quota, now: storeNow) {
            let limit = GCRA.limit(of: quota, now: storeNow)
            arrival.micros += limit.micros - after.micros + 1
        }
        return BucketReading(
            arrival: GCRA.clamp(arrival, quota: quota, now: storeNow), fits: false, isReadable: true)
    }

    /// Microseconds in which so many tokens flow in, rounded down: a client is told of fewer rather than more.
    private func micros(of tokens: Int64, _ quota: CompiledQuota) -> Int64 {
        let (product, overflowed) = tokens.multipliedReportingOverflow(by: quota.quota.period)
        if !overflowed { return product / quota.quota.tokens }
        return Int64(clamping: Int128(tokens) * Int128(quota.quota.period) / Int128(quota.quota.tokens))
    }
}
