import Domain

/// The share of each limit that one worker keeps while Redis is away (`on_failure: local`, limits.md 25): rate/W and
/// burst max(1, B/W), for W workers in all replicas. Together they admit about what Redis would have.
public enum LocalShare {
    /// `table` with every quota divided by `parts`; limits keep their order, names and keys.
    public static func table(of table: LimitTable, parts: Int) -> LimitTable {
        if parts <= 1 { return table }
        return LimitTable(
            table.limits.map { limit in
                limit.with(share(of: limit.quota.quota, parts: Int64(parts)))
            })
    }

    static func share(of quota: Quota, parts: Int64) -> CompiledQuota {
        let (period, overflowed) = quota.period.multipliedReportingOverflow(by: parts)
        if !overflowed {
            let divided = Quota(tokens: quota.tokens, period: period, burst: max(1, quota.burst / parts))
            if let compiled = try? CompiledQuota(divided, maxCost: 1) { return compiled }
        }
        return slowest
    }

    /// One token in 35 years: what a share too slow for the arithmetic comes to.
    private static let slowest: CompiledQuota = {
        let quota = Quota(tokens: 1, period: CompiledQuota.refillMax - 1, burst: 1)
        guard let compiled = try? CompiledQuota(quota, maxCost: 1) else { preconditionFailure("within limits.md 2") }
        return compiled
    }()
}
