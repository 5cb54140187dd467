import Bytes
import Domain
import Limits

/// The limits of one simulation and how its crowd is charged by them.
///
/// A check also takes a token of a bucket of its own, the *tag*: by it a decision is known to be that check's, and a
/// check that two decisions were made of is found out.
struct Workload {
    static let tag = "tag"

    enum Shape: CaseIterable { case exact, leased }

    let table: LimitTable
    /// Every bucket of a leased limit.
    let leasedKeys: [BucketKey]
    /// The quotas of leased limits as they were promised, before anything was held back, by the limit's key.
    private var promises: [UInt64: Quota] = [:]
    /// Whether workers ask in pulses and rest in between, so that leases go back while others spend.
    let pulses: Bool
    private let shapes: [[Int]]
    private let owners: Int64
    /// Of a hundred checks, how many have a tag. Without one, leases can answer a check alone.
    private let tagged: Int64

    init(dice: Dice, shape: Shape, holdsBack: Bool = true) {
        pulses = shape == .leased && dice.chance(50)
        owners = dice.roll(1...(shape == .leased ? 2 : 4))
        var limits: [Limit] = []
        for (name, enforced) in [("hot", true), ("user", true), ("odd", true), ("shadow", false)] {
            if shape == .leased, name != "odd" {
                let quota = Workload.leasedQuota(dice, pulses: pulses)
                promises[Limit.key(of: name)] = quota
                limits.append(Workload.leased(name, quota, enforced, holdsBack: holdsBack))
            } else {
                limits.append(Limit(name: name, kind: .subject, quota: Workload.quota(dice), enforced: enforced))
            }
        }
        let once = Workload.compiled(Quota(tokens: 1, period: 60_000_000, burst: 4))
        limits.append(Limit(name: Workload.tag, kind: .subject, quota: once, enforced: true))
        let table = LimitTable(limits)
        self.table = table
        let owners = owners
        leasedKeys = table.limits.indices.filter { table.leased[$0] }.flatMap { limit in
            (0...UInt64(owners)).map { Workload.key(table, limit, owner: $0) }
        }
        shapes = Workload.shapes(shape, pulses: pulses)
        tagged = shape == .exact ? 100 : pulses ? 5 : 20
    }

    /// Which limits one check is charged by.
    private static func shapes(_ shape: Shape, pulses: Bool) -> [[Int]] {
        if pulses { return [[0], [0], [0], [0], [0], [0], [0, 3], [1]] }
        if shape == .leased { return [[0], [0], [0], [1], [0, 1], [0, 2], [0, 3], [1, 1]] }
        return [[0], [1], [0, 1], [2], [1, 2, 3], [0, 3], [1, 1]]
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

    // === Leases

    private static func leasedQuota(_ dice: Dice, pulses: Bool) -> Quota {
        if pulses { return Quota(tokens: dice.roll(30...100), period: 1_000_000, burst: dice.roll(150...400)) }
        let period: Int64 = dice.pick([1_000_000, 1_000_000, 3_000_001])
        return Quota(tokens: dice.roll(100...1_200), period: period, burst: dice.roll(60...500))
    }

    /// Λ = min(1 s, B/(10·r)) (limits.md 19).
    static func lifetimeMicros(_ quota: Quota) -> Int64 {
        min(1_000_000, quota.burst * quota.period / (10 * quota.tokens))
    }

    /// As configuration compiles it: B − ceil(r·Λ) is what everybody works with (limits.md 17).
    private static func leased(_ name: String, _ quota: Quota, _ enforced: Bool, holdsBack: Bool) -> Limit {
        let lifetime = lifetimeMicros(quota)
        let back = (Int128(quota.tokens) * Int128(lifetime) + Int128(quota.period) - 1) / Int128(quota.period)
        let burst = holdsBack ? quota.burst - Int64(back) : quota.burst
        return Limit(
            name: name, kind: .subject,
            quota: compiled(Quota(tokens: quota.tokens, period: quota.period, burst: burst)), enforced: enforced,
            lease: LeaseTerms(lifetimeMicros: lifetime))
    }

    /// Λ of the busiest limit, in nanoseconds.
    var pulse: Int64 { promises[Limit.key(of: "hot")].map { Workload.lifetimeMicros($0) * 1_000 } ?? 0 }

    /// In which `hot` earns a token, in nanoseconds.
    var refill: Int64 { promises[Limit.key(of: "hot")].map { 1_000 * $0.period / $0.tokens } ?? 0 }

    func isLeased(_ key: BucketKey) -> Bool { promises[key.limit] != nil }

    func promised(_ key: BucketKey) -> Quota {
        guard let quota = promises[key.limit] else { preconditionFailure("not a leased limit") }
        return quota
    }

    // === Charges

    /// What check `number` is charged.
    ///
    /// - Parameter isRush: it wants much, and so do others beside it.
    func charges(_ dice: Dice, number: Int, isRush: Bool = false) -> [Charge] {
        var charges: [Charge] = []
        for limit in dice.pick(shapes) {
            let owner = limit == 0 ? 0 : UInt64(dice.roll(1...owners))
            let burst = table.quotas[limit].quota.burst
            // Leases serve small costs; the odd large one takes all there is, which is when it matters what they hold.
            let small: Int64 = table.leased[limit] ? (pulses ? 99 : 97) : 80
            let cost =
                isRush
                ? dice.roll(1...(burst / 6 + 1))
                : dice.chance(small) ? 1 : dice.chance(50) ? burst : dice.roll(0...(burst + 1))
            charges.append(charge(limit, owner: owner, cost: cost))
        }
        if dice.chance(tagged) {
            charges.append(charge(table.limits.count - 1, owner: UInt64(number) + 1_000, cost: 1))
        }
        return charges
    }

    private func charge(_ limit: Int, owner: UInt64, cost: Int64) -> Charge {
        Charge(key: Workload.key(table, limit, owner: owner), limit: limit, cost: cost)
    }

    private static func key(_ table: LimitTable, _ limit: Int, owner: UInt64) -> BucketKey {
        BucketKey(owner: Digest128(high: 7, low: owner), limit: table.limits[limit].key)
    }

    /// The number of the check whose tag this bucket is.
    static func number(ofTag key: BucketKey) -> Int? {
        key.limit == Limit.key(of: tag) ? Int(key.owner.low) - 1_000 : nil
    }
}
