public import Bytes
import Domain

/// Which buckets each principal spends from, worked out when the configuration is compiled.
///
/// What depends on the principal alone is listed per principal, with its owners already digested. What depends on the
/// request, its address and its route, is added when the check is charged.
public final class LimitPlans: Sendable {
    /// One bucket of a principal.
    public struct Entry: Sendable {
        public var limit: Int
        public var owner: Digest128

        public init(limit: Int, owner: Digest128) {
            self.limit = limit
            self.owner = owner
        }
    }

    private struct Plan: Sendable {
        var start: Int32
        var count: Int32
        /// Limits per address and per route that hold for this principal: a bit per entry of the lists below.
        var addressMask: UInt32
        var routeMask: UInt32
    }

    private let table: LimitTable
    private let plans: ContiguousArray<Plan>
    /// All plans' entries, one after another: reading a plan touches no reference count.
    private let entries: ContiguousArray<Entry>
    private let addressLimits: ContiguousArray<Int>
    private let routeLimits: ContiguousArray<Int>

    /// - Parameters:
    ///   - own: the entries of each principal, in the order of their positions.
    ///   - holds: whether a limit per address or per route holds for the principal at a position at all.
    public init(table: LimitTable, own: [[Entry]], where holds: (_ limit: Int, _ principal: Int) -> Bool) {
        self.table = table
        addressLimits = ContiguousArray(table.limits.indices.filter { table.limits[$0].kind == .address })
        routeLimits = ContiguousArray(table.limits.indices.filter { table.limits[$0].kind == .route })
        var plans: ContiguousArray<Plan> = []
        var entries: ContiguousArray<Entry> = []
        for (position, plan) in own.enumerated() {
            plans.append(
                Plan(
                    start: Int32(entries.count), count: Int32(plan.count),
                    addressMask: LimitPlans.mask(addressLimits) { holds($0, position) },
                    routeMask: LimitPlans.mask(routeLimits) { holds($0, position) }))
            entries.append(contentsOf: plan)
        }
        self.plans = plans
        self.entries = entries
    }

    private static func mask(_ limits: ContiguousArray<Int>, _ holds: (Int) -> Bool) -> UInt32 {
        var mask: UInt32 = 0
        for (bit, limit) in limits.enumerated() where holds(limit) { mask |= 1 << UInt32(bit) }
        return mask
    }

    /// Whether charging anybody needs the digest of an address.
    public var needsAddress: Bool { !addressLimits.isEmpty }

    /// Fills `spend` with what one check of principal `position` is charged.
    ///
    /// - Parameters:
    ///   - route: the owner of the route's own buckets, nil where no route guards the request.
    ///   - address: the owner of the client network's buckets, nil where it is unknown: those limits do not apply.
    public func charge(
        _ spend: Spend, principal position: Int, route: Digest128?, address: Digest128?, cost: Int64
    ) {
        spend.table = table
        spend.charges.removeAll(keepingCapacity: true)
        let plan = plans[position]
        for index in Int(plan.start)..<Int(plan.start &+ plan.count) {
            add(entries[index].limit, entries[index].owner, cost, to: spend)
        }
        if let address { add(addressLimits, plan.addressMask, address, cost, to: spend) }
        if let route { add(routeLimits, plan.routeMask, route, cost, to: spend) }
    }

    private func add(
        _ limits: ContiguousArray<Int>, _ mask: UInt32, _ owner: Digest128, _ cost: Int64, to spend: Spend
    ) {
        for bit in limits.indices where mask >> UInt32(bit) & 1 == 1 { add(limits[bit], owner, cost, to: spend) }
    }

    private func add(_ limit: Int, _ owner: Digest128, _ cost: Int64, to spend: Spend) {
        spend.charges.append(
            Charge(key: BucketKey(owner: owner, limit: table.limits[limit].key), limit: limit, cost: cost))
    }
}
