import Domain
import Limits
import NIOCore

// What leases need of the store: the way to the node that holds a bucket.
extension RedisLimitStore {
    /// Past the leases: the deny cache, then the node.
    func askUnlessDenied(_ spend: Spend, joined: UInt64, at now: UInt64) -> Bool {
        if denyCache.refuses(spend, at: now) { return true }
        return ask(spend, joined: joined, at: now)
    }

    /// Sends an ask with the checks of this tick. False: not now, and nothing will be heard of it.
    func send(_ ask: LeaseAsk, under limits: LimitTable) -> Bool {
        if let node { return node.take(LeaseTraffic.Ask(ask: ask, table: limits)) }
        guard let cluster else { return false }
        let slot = HashSlot.of(ask.key.owner)
        guard let node = cluster.node(ofSlot: slot) else { return false }
        return node.take(LeaseTraffic.Ask(ask: ask, table: limits, slot: UInt16(slot)))
    }

    /// Sends tokens back. What cannot be sent is lost, and the bucket refills (limits.md 21).
    func send(_ item: LeaseReturn, under limits: LimitTable) {
        if let node {
            _ = node.take(LeaseTraffic.Return(item: item, table: limits))
        } else if let cluster {
            let slot = HashSlot.of(item.key.owner)
            _ = cluster.node(ofSlot: slot)?.take(LeaseTraffic.Return(item: item, table: limits, slot: UInt16(slot)))
        }
    }

    /// The numbers of leases for a scrape.
    func addLeases(to counters: inout RedisCounters) {
        counters.leases = leasing.table.tallies
        counters.leasesHeld = leasing.table.held(at: eventLoop.now.uptimeNanoseconds)
        counters.leasesOpen = leasing.table.count
    }
}
