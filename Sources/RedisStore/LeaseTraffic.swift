import Limits

/// Asks for leases and returns of them that no call carries yet, oldest first, each with a bound.
struct LeaseTraffic {
    /// Of each kind. There is one ask in flight per bucket and worker (limits.md 20), so this is a bound on buckets.
    static let capacity = 4_096

    struct Ask {
        var ask: LeaseAsk
        var table: LimitTable
        var slot: UInt16 = 0
        var redirects: UInt8 = 0
        var isAsking = false
    }

    struct Return {
        var item: LeaseReturn
        var table: LimitTable
        var slot: UInt16 = 0
    }

    /// What came of an ask.
    struct Answer {
        var ask: LeaseAsk
        var table: LimitTable
        /// Nil: none came, or an error. What was granted without our hearing of it is lost (limits.md 21).
        var grant: LeaseGrant?
        /// When the call was sent, on the loop's clock: a lease lives from there (limits.md 17). 0 if it never was.
        var sentAt: UInt64
    }

    private(set) var asks: ContiguousArray<Ask> = []
    private(set) var returns: ContiguousArray<Return> = []

    var isEmpty: Bool { asks.isEmpty && returns.isEmpty }
    var count: Int { asks.count + returns.count }

    /// False: there is no room.
    mutating func append(_ ask: Ask) -> Bool {
        if asks.count == LeaseTraffic.capacity { return false }
        asks.append(ask)
        return true
    }

    /// False: there is no room, and the tokens are lost.
    mutating func append(_ item: Return) -> Bool {
        if returns.count == LeaseTraffic.capacity { return false }
        returns.append(item)
        return true
    }

    mutating func removeFirstAsk() { asks.removeFirst() }
    mutating func removeFirstReturn() { returns.removeFirst() }

    /// Returns that cannot be sent are lost: the bucket refills.
    mutating func removeAll() -> ContiguousArray<Ask> {
        defer {
            asks.removeAll(keepingCapacity: true)
            returns.removeAll(keepingCapacity: true)
        }
        return asks
    }
}
