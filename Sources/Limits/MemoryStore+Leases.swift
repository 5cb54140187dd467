import Bytes
import Domain

// What leases ask of a store and bring back: the model of that part of `spend.lua`.
extension MemoryStore {
    /// Grants a lease its share of what is left: at most an eighth (limits.md 19). Only token buckets are leased.
    public func decide(_ ask: LeaseAsk, under table: LimitTable, now: Int64) -> LeaseGrant {
        let quota = table.quotas[ask.limit]
        var item = Working()
        (item.id, item.kind) = (place(of: ask.key), table.kinds[ask.limit])
        read(&item, limit: ask.limit, under: table, now: now)
        var granted: Int64 = 0
        if item.kind == .tokens || item.kind == .settled {
            let want = GCRA.leasable(ask.want, quota: quota)
            granted = GCRA.grant(want, from: item.state, quota: quota, now: now)
            item.state = GCRA.advance(item.state, by: granted, quota: quota)
        }
        if granted > 0 { store(item, quota: quota, now: now) }
        return LeaseGrant(granted: granted, arrival: item.state, now: now, isReadable: true)
    }

    /// Takes tokens back that were not spent (limits.md 18). Of a calendar quota: those of its present window. Slots
    /// come back by their id.
    public func decide(_ item: LeaseReturn, under table: LimitTable, now: Int64) {
        let quota = table.quotas[item.limit]
        let tokens = GCRA.leasable(item.tokens, quota: quota)
        var bucket = Working()
        (bucket.id, bucket.kind) = (place(of: item.key), table.kinds[item.limit])
        read(&bucket, limit: item.limit, under: table, now: now)
        let before = bucket.state
        switch bucket.kind {
        case .tokens, .settled:
            bucket.state = GCRA.credit(tokens, left: item.grantedAtMicros, to: before, quota: quota, now: now)
            if bucket.state == ArrivalTime(micros: now, fraction: 0) { bucket.since = now }
        case .calendar:
            let left = item.grantedAtMicros + wallOffsetMicros
            if bucket.since <= left { bucket.state.micros = max(0, before.micros - tokens) }
        case .slots: return
        }
        if bucket.state != before { store(bucket, quota: quota, now: now) }
    }
}
