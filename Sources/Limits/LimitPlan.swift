public import Bytes
import Domain

/// Which buckets one principal spends from, worked out when the principal is: for an API key when the configuration is
/// compiled, for a token when it is verified.
///
/// What depends on the principal alone is listed here with its owners already digested. What depends on the request,
/// its address and its route, is added when the check is charged.
public struct LimitPlan: Sendable {
    /// One bucket of a principal.
    public struct Entry: Sendable {
        public var limit: Int
        public var owner: Digest128

        public init(limit: Int, owner: Digest128) {
            self.limit = limit
            self.owner = owner
        }
    }

    let entries: ContiguousArray<Entry>
    /// Limits per address and per route that hold for this principal: a bit per entry of `LimitPlans`'s lists.
    let addressMask: UInt32
    let routeMask: UInt32
}

/// The limits of one configuration, and how checks are charged by them.
public final class LimitPlans: Sendable {
    private let table: LimitTable
    private let addressLimits: ContiguousArray<Int>
    private let routeLimits: ContiguousArray<Int>
    /// By limit: what is charged where it is not the route's cost.
    private let prices: ContiguousArray<Price>

    private enum Price: Sendable {
        /// The route's.
        case cost
        /// One, whatever the route costs.
        case slot
        /// What is reserved, and this where nobody says how much.
        case estimate(Int64)
    }

    public init(table: LimitTable) {
        self.table = table
        prices = ContiguousArray(
            table.limits.map { limit in
                if case .slots = limit.counting { return .slot }
                return limit.settlement.map { .estimate($0.estimate) } ?? .cost
            })
        addressLimits = ContiguousArray(table.limits.indices.filter { table.limits[$0].kind == .address })
        routeLimits = ContiguousArray(table.limits.indices.filter { table.limits[$0].kind == .route })
    }

    /// - Parameters:
    ///   - own: the buckets that depend on the principal alone.
    ///   - holds: whether a limit per address or per route holds for this principal at all.
    /// - Returns: nil where one check could spend from more than `Spend.ownChargesMax` buckets.
    public func plan(_ own: [LimitPlan.Entry], where holds: (_ limit: Int) -> Bool) -> LimitPlan? {
        guard own.count + addressLimits.count + routeLimits.count <= Spend.ownChargesMax else { return nil }
        return LimitPlan(
            entries: ContiguousArray(own), addressMask: LimitPlans.mask(addressLimits, holds),
            routeMask: LimitPlans.mask(routeLimits, holds))
    }

    private static func mask(_ limits: ContiguousArray<Int>, _ holds: (Int) -> Bool) -> UInt32 {
        var mask: UInt32 = 0
        for (bit, limit) in limits.enumerated() where holds(limit) { mask |= 1 << UInt32(bit) }
        return mask
    }

    /// Whether charging anybody needs the digest of an address.
    public var needsAddress: Bool { !addressLimits.isEmpty }

    /// Fills `spend` with what one check of a principal with this plan is charged.
    ///
    /// - Parameters:
    ///   - route: the owner of the route's own buckets, nil where no route guards the request.
    ///   - address: the owner of the client network's buckets, nil where it is unknown: those limits do not apply.
    public func charge(
        _ spend: Spend, by plan: borrowing LimitPlan, route: Digest128?, address: Digest128?, cost: Int64
    ) {
        if spend.table !== table { spend.table = table }
        spend.charges.removeFew()
        for index in plan.entries.indices {
            add(plan.entries[index].limit, plan.entries[index].owner, cost, to: spend)
        }
        if let address { add(addressLimits, plan.addressMask, address, cost, to: spend) }
        if let route { add(routeLimits, plan.routeMask, route, cost, to: spend) }
    }

    /// Gives the charges of slots and settled limits their own costs. Only for a table that is not plain.
    ///
    /// - Parameters:
    ///   - asked: what a trusted proxy wants reserved: before everything else.
    ///   - route: what the route reserves; before a limit's own estimate.
    /// - Returns: whether an admitted check holds something, so that it needs a ticket.
    public func price(_ spend: Spend, asked: borrowing ReservedCosts, route: borrowing ReservedCosts) -> Bool {
        var isHeld = false
        for index in spend.charges.indices {
            let limit = spend.charges[index].limit
            switch prices[limit] {
            case .cost: continue
            // A route that costs nothing takes nothing either.
            case .slot: spend.charges[index].cost = min(1, spend.charges[index].cost)
            case .estimate(let estimate):
                let (first, second) = (asked.cost(of: limit), route.cost(of: limit))
                let free = spend.charges[index].cost == 0
                spend.charges[index].cost = first >= 0 ? first : second >= 0 ? second : free ? 0 : estimate
            }
            if spend.charges[index].cost > 0 { isHeld = true }
        }
        return isHeld
    }

    /// Records a DPoP proof as used, with everything else the check spends or not at all: a bucket of one token that
    /// refills when the proof is too old to count (RFC 9449 section 11.1).
    public func charge(_ spend: Spend, proof: Digest128, limit: Int) { add(limit, proof, 1, to: spend) }

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
