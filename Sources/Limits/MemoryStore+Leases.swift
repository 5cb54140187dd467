import Bytes
import Domain

// What leases ask of a store and bring back: the model of that part of `spend.lua`.
extension MemoryStore {
    /// Grants a lease its share of what is left: at most an eighth (limits.md 19).
    public func decide(_ ask: LeaseAsk, under table: LimitTable, now: Int64) -> LeaseGrant {
        let quota = table.quotas[ask.limit]
        let id = place(of: ask.key)
        let before = arrival(of: id, quota: quota, now: now)
        let want = GCRA.leasable(ask.want, quota: quota)
        let granted = GCRA.grant(want, from: before, quota: quota, now: now)
        let after = GCRA.spend(granted, from: before, quota: quota)
        if granted > 0 { store(after, at: id, quota: quota, now: now) }
        return LeaseGrant(granted: granted, arrival: after, now: now, isReadable: true)
    }

    /// Takes tokens back that were not spent (limits.md 18).
    public func decide(_ item: LeaseReturn, under table: LimitTable, now: Int64) {
        let quota = table.quotas[item.limit]
        let id = place(of: item.key)
        let before = arrival(of: id, quota: quota, now: now)
        let tokens = GCRA.leasable(item.tokens, quota: quota)
        let after = GCRA.credit(tokens, left: item.grantedAtMicros, to: before, quota: quota, now: now)
        if after != before { store(after, at: id, quota: quota, now: now) }
    }

    private func arrival(of id: Digest128, quota: CompiledQuota, now: Int64) -> ArrivalTime {
        let entry = table.find(id)
        guard entry >= 0 else { return ArrivalTime(micros: now, fraction: 0) }
        let stored = table[entry]
        return GCRA.load(
            stored.arrival, storedTokens: stored.tokens, storedPeriod: stored.period, quota: quota, now: now)
    }

    private func store(_ arrival: ArrivalTime, at id: Digest128, quota: CompiledQuota, now: Int64) {
        let entry = table.find(id)
        let (tokens, period) = (quota.quota.tokens, quota.quota.period)
        if entry >= 0 {
            table.update(entry, arrival: arrival, tokens: tokens, period: period)
        } else {
            table.insert(id, arrival: arrival, tokens: tokens, period: period, now: now)
        }
    }
}
