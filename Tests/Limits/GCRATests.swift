import Domain
import Limits
import Testing

@Suite struct GCRATests {
    /// One step of a bucket, and everything a client would be told after it. Times in microseconds.
    struct Row: Sendable {
        var now: Int64
        var cost: Int64
        var allowed: Bool
        var remaining: Int64
        var reset: Int64
        var retry: Int64?
    }

    /// 5 tokens, one per second: the table that throttled and redis-cell test with, in our units.
    static let fivePerFiveSeconds: [Row] = [
        Row(now: 0, cost: 1, allowed: true, remaining: 4, reset: 1_000_000, retry: 0),
        Row(now: 0, cost: 6, allowed: false, remaining: 4, reset: 1_000_000, retry: nil),
        Row(now: 0, cost: 4, allowed: true, remaining: 0, reset: 5_000_000, retry: 4_000_000),
        Row(now: 0, cost: 1, allowed: false, remaining: 0, reset: 5_000_000, retry: 1_000_000),
        // The clock stands still for less than a token, then a token is there to the microsecond.
        Row(now: 999_999, cost: 1, allowed: false, remaining: 0, reset: 4_000_001, retry: 1),
        Row(now: 1_000_000, cost: 1, allowed: true, remaining: 0, reset: 5_000_000, retry: 1_000_000),
        Row(now: 4_000_000, cost: 3, allowed: true, remaining: 0, reset: 5_000_000, retry: 3_000_000),
        Row(now: 4_500_000, cost: 0, allowed: true, remaining: 0, reset: 4_500_000, retry: 0),
        // A long rest fills it, and no further.
        Row(now: 1_000_000_000, cost: 0, allowed: true, remaining: 5, reset: 0, retry: 0),
        Row(now: 1_000_000_000, cost: 5, allowed: true, remaining: 0, reset: 5_000_000, retry: 5_000_000),
    ]

    /// 3 per second, burst 2: a token is 333,333⅓ µs, and thirds must not be lost.
    static let thirds: [Row] = [
        Row(now: 10, cost: 1, allowed: true, remaining: 1, reset: 333_334, retry: 0),
        Row(now: 10, cost: 1, allowed: true, remaining: 0, reset: 666_667, retry: 333_334),
        Row(now: 10, cost: 1, allowed: false, remaining: 0, reset: 666_667, retry: 333_334),
        Row(now: 333_343, cost: 1, allowed: false, remaining: 0, reset: 333_334, retry: 1),
        Row(now: 333_344, cost: 1, allowed: true, remaining: 0, reset: 666_666, retry: 333_333),
        Row(now: 666_677, cost: 1, allowed: true, remaining: 0, reset: 666_667, retry: 333_333),
        Row(now: 1_000_010, cost: 1, allowed: true, remaining: 0, reset: 666_667, retry: 333_334),
    ]

    @Test(arguments: [
        (quota(5, per: 5), fivePerFiveSeconds), (quota(3, per: 1, burst: 2), thirds),
    ])
    func conformance(quota: CompiledQuota, rows: [Row]) {
        var bucket = Bucket(quota: quota)
        for (number, row) in rows.enumerated() {
            let (allowed, result) = bucket.spend(row.cost, at: row.now)
            #expect(allowed == row.allowed, "row \(number)")
            #expect(result.remaining == row.remaining, "row \(number)")
            #expect(result.resetMicros == row.reset, "row \(number)")
            #expect(result.retryMicros == row.retry, "row \(number)")
            #expect(result.burst == quota.quota.burst)
        }
    }

    /// One bucket by GCRA, starting full.
    struct Bucket {
        let quota: CompiledQuota
        var arrival = ArrivalTime(micros: 0, fraction: 0)

        mutating func spend(_ cost: Int64, at now: Int64) -> (Bool, LimitResult) {
            arrival = GCRA.load(
                arrival, storedTokens: quota.quota.tokens, storedPeriod: quota.quota.period, quota: quota, now: now)
            let after = GCRA.spend(cost, from: arrival, quota: quota)
            let fits = GCRA.fits(after, quota: quota, now: now)
            if fits { arrival = after }
            return (fits, LimitResult(arrival: arrival, quota: quota, cost: cost, now: now))
        }
    }

    /// The definition of a token bucket, in whole numbers: what is used, in Pths of a token.
    struct Rational {
        let terms: Quota
        var used: Int128 = 0
        var last: Int64 = 0

        mutating func spend(_ cost: Int64, at now: Int64) -> (Bool, LimitResult) {
            let (tokens, period) = (Int128(terms.tokens), Int128(terms.period))
            let depth = Int128(terms.burst) * period
            used = max(0, used - tokens * Int128(now - last))
            last = now
            let fits = used + Int128(cost) * period <= depth
            if fits { used += Int128(cost) * period }
            var result = LimitResult(
                arrival: ArrivalTime(micros: 0, fraction: 0), quota: quota(1, per: 1), cost: 0, now: 0)
            result.burst = terms.burst
            result.remaining = Int64((depth - used) / period)
            result.resetMicros = Int64((used + tokens - 1) / tokens)
            let missing = used + Int128(cost) * period - depth
            result.retryMicros = cost > terms.burst ? nil : missing <= 0 ? 0 : Int64((missing + tokens - 1) / tokens)
            return (fits, result)
        }
    }

    /// limits.md 1: not nearly the rational token bucket, but it. 600,000 steps over rates that no whole number of
    /// microseconds or nanoseconds expresses.
    @Test(arguments: [
        (3, 1, 3), (7, 1, 100), (700_000, 1, 1_400_000), (999_983, 1, 50_000), (1, 86_400, 2), (100, 3_600, 100),
        (999_983, 86_400, 999_983), (17, 604_800, 5), (1_000_003, 7, 3), (2_999_999, 31, 1_000_000),
    ])
    func equalsTheRationalBucket(tokens: Int64, seconds: Int64, burst: Int64) {
        let compiled = quota(tokens, per: seconds, burst: burst)
        var exact = Rational(terms: compiled.quota)
        var bucket = Bucket(quota: compiled)
        var random = Seeded(state: UInt64(tokens))
        var now: Int64 = 1_763_000_000_000_000
        exact.last = now
        let perToken = max(1, compiled.wholeMicros)
        for step in 0..<60_000 {
            // Mostly around one token's time, so that decisions fall on the edge; at times a long rest.
            now += Int64.random(in: 0...(2 * perToken), using: &random)
            if step % 1_000 == 999 { now += perToken * burst / 2 }
            let cost = Int64.random(in: 0...min(4, burst + 1), using: &random)
            let (got, want) = (bucket.spend(cost, at: now), exact.spend(cost, at: now))
            if got != want {
                Issue.record("step \(step): \(got) instead of \(want)")
                return
            }
        }
    }

    /// limits.md 3. In each row: used tokens of an old limit of 100 per hour, the new one, and what is left of it.
    @Test func rescaleKeepsTheTokensUsed() {
        let old = quota(100, per: 3_600)
        let now: Int64 = 1_763_000_000_000_000
        for (used, new, left) in [
            (100, quota(1_000, per: 3_600), 900), (100, quota(100, per: 3_600, burst: 200), 100),
            (30, quota(50, per: 60), 20), (80, quota(50, per: 60), 0), (0, quota(7, per: 1), 7),
            // Rounded up to a microsecond, so that no change of a limit gives a token away.
            (1, quota(3, per: 1), 1), (99, quota(700_000, per: 1), 699_900),
        ] as [(Int64, CompiledQuota, Int64)] {
            let stored = GCRA.spend(used, from: ArrivalTime(micros: now, fraction: 0), quota: old)
            let loaded = GCRA.load(
                stored, storedTokens: old.quota.tokens, storedPeriod: old.quota.period, quota: new, now: now)
            let result = LimitResult(arrival: loaded, quota: new, cost: 1, now: now)
            #expect(result.remaining == left, "\(used) used, then \(new.quota)")
        }
    }

    /// limits.md 4: a clock that steps back by a year costs at most one empty bucket.
    @Test func clampBoundsAClockThatSteppedBack() {
        let compiled = quota(3, per: 1, burst: 10)
        let now: Int64 = 1_763_000_000_000_000
        let year: Int64 = 31_536_000_000_000
        let stored = GCRA.spend(10, from: ArrivalTime(micros: now, fraction: 0), quota: compiled)
        let loaded = GCRA.load(stored, storedTokens: 3, storedPeriod: 1_000_000, quota: compiled, now: now - year)
        #expect(loaded == GCRA.limit(of: compiled, now: now - year))
        let result = LimitResult(arrival: loaded, quota: compiled, cost: 1, now: now - year)
        #expect(result.remaining == 0)
        #expect(result.resetMicros == 3_333_334)
    }

    /// The widest quota allowed: products of 103 bits.
    @Test func resultsAreExactAtTheBounds() throws {
        let tokens: Int64 = (1 << 52) - 3
        let widest = Quota(tokens: tokens, period: 1 << 60, burst: 4_000_000_000_000)
        let compiled = try CompiledQuota(widest, maxCost: 1)
        let now: Int64 = 1_763_000_000_000_000
        let spent = GCRA.spend(1, from: ArrivalTime(micros: now, fraction: 0), quota: compiled)
        let result = LimitResult(arrival: spent, quota: compiled, cost: 1, now: now)
        #expect(result.remaining == 3_999_999_999_999)
        #expect(result.resetMicros == 257)
        #expect(result.retryMicros == 0)
    }
}
