import Domain
import Limits

// What a check spent in one slot of a cluster before another slot refused it (limits.md 13).
extension RedisLimitStore {
    /// Brings one charge back, once: if it is lost on the way it stays spent.
    ///
    /// - Parameter spentAt: `Spend.now` of the part that spent it.
    func refund(_ spend: Spend, charge index: Int, spentAt: Int64) {
        let charge = spend.charges[index]
        let slot = HashSlot.of(charge.key.owner)
        tallies.refunds &+= 1
        let item = LeaseReturn(key: charge.key, limit: charge.limit, tokens: charge.cost, grantedAtMicros: spentAt)
        _ = cluster?.node(ofSlot: slot)?.take(LeaseTraffic.Return(item: item, table: spend.table, slot: UInt16(slot)))
    }
}
