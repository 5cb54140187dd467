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

/// Reads a journal and says where more was admitted than may be. Allowances are those of limits.md 26: one burst where
/// the data were lost, and what a failover lost.
struct Oracle {
    private var counters: [BucketKey: ReferenceCounter] = [:]
    private(set) var violations: [String] = []
    /// Tokens admitted, so that a test can see that there was something to count.
    private(set) var admitted: Int64 = 0

    mutating func read(_ journal: Journal) {
        for (index, entry) in journal.entries.enumerated() {
            switch entry {
            case .decided(let decision): if decision.isClaimed && decision.isAdmitted { admit(decision, index) }
            case .lost(let entries): for lost in entries { forget(journal.decision(lost)) }
            case .emptied: counters = [:]
            case .granted, .spentLocally, .stepped: break
            }
        }
    }

    private mutating func admit(_ decision: Decision, _ index: Int) {
        for part in decision.parts where part.fits {
            var counter = counters[part.key] ?? ReferenceCounter(part.quota.quota)
            if let excess = counter.admit(part.cost, at: decision.progress) {
                violations.append(
                    "decision \(index): \(excess) over the limit of \(part.quota.quota) at \(decision.progress)")
            }
            counters[part.key] = counter
            admitted += part.cost
        }
    }

    private mutating func forget(_ decision: Decision?) {
        guard let decision, decision.isClaimed else { return }
        for part in decision.parts where part.fits { counters[part.key]?.forget(part.cost) }
    }
}
