import Domain
import Limits
import NIOCore

// What a check spent in one slot of a cluster before another slot refused it (limits.md 13).
extension RedisLimitStore {
    /// Brings one charge back, once: if it is lost on the way it stays spent.
    ///
    /// - Parameter spentAt: `Spend.now` of the part that spent it.
    func refund(_ spend: Spend, charge index: Int, spentAt: Int64) {
        let charge = spend.charges[index]
        let limit = spend.table.limits[charge.limit]
        tallies.refunds &+= 1
        let ticket = Ticket(id: spend.ticketID, holdings: [charge.key])
        let now = eventLoop.now.uptimeNanoseconds
        if spend.table.kinds[charge.limit] == .slots {
            return perform(.release(ticket), under: spend.table, at: now) { _ in }
        }
        // The reservation must go with its tokens, or they would come back twice.
        if limit.settlement != nil {
            return perform(.settle(ticket, costs: [0]), under: spend.table, at: now) { _ in }
        }
        let slot = HashSlot.of(charge.key.owner)
        let item = LeaseReturn(key: charge.key, limit: charge.limit, tokens: charge.cost, grantedAtMicros: spentAt)
        _ = cluster?.node(ofSlot: slot)?.take(LeaseTraffic.Return(item: item, table: spend.table, slot: UInt16(slot)))
    }
}
