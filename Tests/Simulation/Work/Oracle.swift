import Domain
import Limits

/// The reference counter of limits.md 31, on the store's clock: q falls by r as time goes on, rises by what is admitted,
/// and may never exceed B.
///
/// Whole numbers only, in parts so small that nothing is rounded: a token is P, the bucket's period, and N flow away per
/// microsecond.
struct ReferenceCounter {
    private let tokens: Int128
    private let period: Int128
    private let burst: Int128
    private var level: Int128 = 0
    private var last: Int64 = 0

    init(_ quota: Quota) {
        tokens = Int128(quota.tokens)
        period = Int128(quota.period)
        burst = Int128(quota.burst)
    }

    private mutating func flow(until now: Int64) {
        level = max(0, level - tokens * Int128(now - last))
        last = now
    }

    /// Counts an admission. Not nil: by how many tokens the limit is exceeded now, rounded up.
    ///
    /// - Parameter now: the progress of the store's clock in microseconds, which never falls.
    mutating func admit(_ cost: Int64, at now: Int64) -> Int64? {
        flow(until: now)
        level += Int128(cost) * period
        let excess = level - burst * period
        return excess > 0 ? Int64((excess + period - 1) / period) : nil
    }

    /// A failover lost an admission of `cost`.
    mutating func forget(_ cost: Int64) { level = max(0, level - Int128(cost) * period) }

    mutating func empty() { level = 0 }
}

/// Reads a journal and says where more was admitted than may be. Allowances are those of limits.md 26 and no others: one
/// burst where the data were lost, and what a failover lost. For leased buckets also limits.md 4: a clock that is stepped
/// forward refills what leases still hold.
struct Oracle {
    /// One leased bucket. Tokens are out while the data are lost or the clock is stepped, and are spent later: so an
    /// allowance waits here for them, as long as any lease of the time can live.
    private struct Leased {
        var counter: ReferenceCounter
        var allowances: [(tokens: Int64, until: Int64)] = []

        mutating func allow(_ tokens: Int64, until end: Int64) { allowances.append((tokens, end)) }

        /// What of `excess` no allowance covers.
        mutating func cover(_ excess: Int64, at now: Int64) -> Int64 {
            var rest = excess
            for index in allowances.indices where allowances[index].until >= now {
                let used = min(rest, allowances[index].tokens)
                allowances[index].tokens -= used
                rest -= used
            }
            counter.forget(excess)
            return rest
        }
    }

    private let workload: Workload
    private var counters: [BucketKey: ReferenceCounter] = [:]
    private var leased: [BucketKey: Leased] = [:]
    /// Per worker and bucket: tokens granted, less those spent or given back.
    private var held: [Int: [BucketKey: Int64]] = [:]
    private var now: Int64 = 0
    private(set) var violations: [String] = []

    init(_ workload: Workload) { self.workload = workload }

    mutating func read(_ journal: Journal) {
        for (index, entry) in journal.entries.enumerated() {
            switch entry {
            case .decided(let decision):
                now = decision.progress
                if decision.isClaimed && decision.isAdmitted { admit(decision, index) }
            case .granted(let worker, let key, let tokens): held[worker, default: [:]][key, default: 0] += tokens
            case .returned(let worker, let key, let tokens): take(tokens, worker, key, "gave back")
            case .spentLocally(let worker, let key, let tokens, let progress):
                now = progress
                take(tokens, worker, key, "spent")
                admit(tokens, key, index)
            case .lost(let entries): for lost in entries { forget(journal.entries[lost]) }
            case .emptied:
                counters = [:]
                allowAll { Int64(clamping: $0.burst) }
            case .stepped(let micros, let progress):
                now = progress
                allowAll { min($0.burst, 1 + Int64(clamping: Int128(micros) * Int128($0.tokens) / Int128($0.period))) }
            }
        }
    }

    private mutating func admit(_ decision: Decision, _ index: Int) {
        for part in decision.parts where part.fits {
            if workload.isLeased(part.key) {
                admit(part.cost, part.key, index)
                continue
            }
            var counter = counters[part.key] ?? ReferenceCounter(part.quota.quota)
            if let excess = counter.admit(part.cost, at: now) { report(excess, part.quota.quota, index) }
            counters[part.key] = counter
        }
    }

    private mutating func admit(_ tokens: Int64, _ key: BucketKey, _ index: Int) {
        let quota = workload.promised(key)
        var bucket = leased[key] ?? Leased(counter: ReferenceCounter(quota))
        if let excess = bucket.counter.admit(tokens, at: now) {
            let rest = bucket.cover(excess, at: now)
            if rest > 0 { report(rest, quota, index) }
        }
        leased[key] = bucket
    }

    private mutating func report(_ excess: Int64, _ quota: Quota, _ index: Int) {
        violations.append("entry \(index): \(excess) over the limit of \(quota) at \(now)")
    }

    /// No lease is spent twice, nor spent and given back.
    private mutating func take(_ tokens: Int64, _ worker: Int, _ key: BucketKey, _ verb: String) {
        let rest = (held[worker]?[key] ?? 0) - tokens
        held[worker, default: [:]][key] = rest
        if rest < 0 { violations.append("worker \(worker) \(verb) \(-rest) more than it was granted") }
    }

    private mutating func forget(_ entry: Journal.Entry) {
        switch entry {
        case .decided(let decision):
            // What no worker knows of was not admitted. A lease that a worker never heard of was not granted.
            for part in decision.parts where part.fits && decision.isClaimed && decision.isAdmitted {
                if workload.isLeased(part.key) {
                    allow(part.cost, part.key)
                } else {
                    counters[part.key]?.forget(part.cost)
                }
            }
        case .granted(_, let key, let tokens): allow(tokens, key)
        case .emptied, .lost, .stepped, .spentLocally, .returned: break
        }
    }

    private mutating func allowAll(_ tokens: (Quota) -> Int64) {
        for key in workload.leasedKeys { allow(tokens(workload.promised(key)), key) }
    }

    private mutating func allow(_ tokens: Int64, _ key: BucketKey) {
        let quota = workload.promised(key)
        var bucket = leased[key] ?? Leased(counter: ReferenceCounter(quota))
        bucket.allow(tokens, until: now + Workload.lifetimeMicros(quota) + quota.burst * quota.period / quota.tokens)
        leased[key] = bucket
    }
}
