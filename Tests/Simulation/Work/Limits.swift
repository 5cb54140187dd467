import Bytes
import Domain
import Limits

/// The limits of one simulation and how its crowd is charged by them.
///
/// Every check also takes a token of a bucket of its own, the *tag*: by it a decision is known to be that check's, and
/// a check that two decisions were made of is found out.
struct Workload {
    static let tag = "tag"

    let table: LimitTable
    private let shapes: [[Int]]
    private let owners: Int64

    init(dice: Dice) {
        var limits: [Limit] = []
        for (name, enforced) in [("hot", true), ("user", true), ("odd", true), ("shadow", false)] {
            limits.append(Limit(name: name, kind: .subject, quota: Workload.quota(dice), enforced: enforced))
        }
        limits.append(
            Limit(
                name: Workload.tag, kind: .subject, quota: Workload.compiled(Quota(tokens: 1, period: 60_000_000, burst: 4)),
                enforced: true))
        table = LimitTable(limits)
        shapes = [[0], [1], [0, 1], [2], [1, 2, 3], [0, 3], [1, 1]]
        owners = dice.roll(1...4)
    }

    /// From a token in three seconds to a thousand in one, odd periods included: what does not divide shows.
    private static func quota(_ dice: Dice) -> CompiledQuota {
        let period: Int64 = dice.pick([1_000_000, 1_000_000, 3_000_000, 7_000_003])
        return compiled(Quota(tokens: dice.roll(1...300), period: period, burst: dice.roll(1...40)))
    }

    static func compiled(_ quota: Quota) -> CompiledQuota {
        guard let compiled = try? CompiledQuota(quota, maxCost: 100) else { preconditionFailure("within limits.md 2") }
        return compiled
    }

    /// What check `number` is charged.
    func charges(_ dice: Dice, number: Int) -> [Charge] {
        var charges: [Charge] = []
        for limit in dice.pick(shapes) {
            let owner = limit == 0 ? 0 : UInt64(dice.roll(1...owners))
            let burst = table.quotas[limit].quota.burst
            let cost = dice.chance(80) ? 1 : dice.chance(50) ? burst : dice.roll(0...(burst + 1))
            charges.append(charge(limit, owner: owner, cost: cost))
        }
        charges.append(charge(table.limits.count - 1, owner: UInt64(number) + 1_000, cost: 1))
        return charges
    }

    private func charge(_ limit: Int, owner: UInt64, cost: Int64) -> Charge {
        Charge(
            key: BucketKey(owner: Digest128(high: 7, low: owner), limit: table.limits[limit].key), limit: limit,
            cost: cost)
    }
}
