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

    /// Takes `cost` off again, or what is left of it.
    ///
    /// - Returns: how much that was, in whole tokens, rounded down.
    @discardableResult
    mutating func forget(_ cost: Int64) -> Int64 {
        let forgotten = min(level, Int128(cost) * period)
        level -= forgotten
        return Int64(forgotten / period)
    }
}

/// Reads a journal and says where more was admitted than may be. Allowances are those of limits.md 26 and no others: one
/// burst where the data were lost, and what a failover lost. For leased buckets also limits.md 4: a clock that is stepped
/// forward refills what leases still hold.
struct Oracle {
    /// One leased bucket. Tokens may be out while the data are lost or the clock is stepped, and are spent when the store
    /// knows of them no more: for as long as a lease lives, that many may be spent and not counted.
    private struct Leased {
        var counter: ReferenceCounter
        var allowances: [(tokens: Int64, until: Int64)] = []

        /// What of `tokens`, spent of a lease, counts.
        mutating func charge(_ tokens: Int64, at now: Int64) -> Int64 {
            allowances.removeAll { $0.until < now || $0.tokens == 0 }
            var rest = tokens
            for index in allowances.indices {
                let used = min(rest, allowances[index].tokens)
                allowances[index].tokens -= used
                rest -= used
            }
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
                admit(tokens, key, index, isLocal: true)
            case .lost(let entries): for lost in entries { forget(journal.entries[lost]) }
            case .emptied: empty()
            case .stepped(let micros, let progress): step(micros, to: progress)
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

    private mutating func admit(_ tokens: Int64, _ key: BucketKey, _ index: Int, isLocal: Bool = false) {
        var bucket = bucket(key)
        let counted = isLocal ? bucket.charge(tokens, at: now) : tokens
        if let excess = bucket.counter.admit(counted, at: now) { report(excess, workload.promised(key), index) }
        leased[key] = bucket
    }

    private func bucket(_ key: BucketKey) -> Leased {
        leased[key] ?? Leased(counter: ReferenceCounter(workload.promised(key)))
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

    // === Allowances

    private mutating func forget(_ entry: Journal.Entry) {
        switch entry {
        case .decided(let decision):
            // What no worker knows of was not admitted.
            for part in decision.parts where part.fits && decision.isClaimed && decision.isAdmitted {
                counters[part.key]?.forget(part.cost)
                leased[part.key]?.counter.forget(part.cost)
            }
        case .granted(_, let key, let tokens):
            // Some of them were spent, and the rest may be yet.
            var bucket = bucket(key)
            allow(tokens - bucket.counter.forget(tokens), key, &bucket)
            leased[key] = bucket
        case .emptied, .lost, .stepped, .spentLocally, .returned: break
        }
    }

    /// One burst, of which the leases that are out are part.
    private mutating func empty() {
        counters = [:]
        for key in workload.leasedKeys {
            var bucket = bucket(key)
            let burst = workload.promised(key).burst
            allow(burst - bucket.counter.forget(burst), key, &bucket)
            leased[key] = bucket
        }
    }

    /// r · step, and no more than B.
    private mutating func step(_ micros: Int64, to progress: Int64) {
        now = progress
        for key in workload.leasedKeys {
            var bucket = bucket(key)
            let quota = workload.promised(key)
            let refilled = Int128(micros) * Int128(quota.tokens) / Int128(quota.period) + 1
            allow(min(quota.burst, Int64(clamping: refilled)), key, &bucket)
            leased[key] = bucket
        }
    }

    private func allow(_ tokens: Int64, _ key: BucketKey, _ bucket: inout Leased) {
        bucket.allowances.append((tokens, now + Workload.lifetimeMicros(workload.promised(key))))
    }
}
