import Bytes
import Domain
import Limits

/// `tokens` per `seconds`, as configuration would compile it.
func quota(_ tokens: Int64, per seconds: Int64, burst: Int64? = nil) -> CompiledQuota {
    let quota = Quota(tokens: tokens, period: seconds * 1_000_000, burst: burst ?? tokens)
    guard let compiled = try? CompiledQuota(quota, maxCost: 1_000_000) else { fatalError("a quota within bounds") }
    return compiled
}

func limit(_ name: String, _ quota: CompiledQuota, enforced: Bool = true) -> Limit {
    Limit(name: name, kind: .subject, quota: quota, enforced: enforced)
}

/// A charge to owner `owner`'s bucket of limit `index`.
func charge(_ table: LimitTable, _ index: Int, owner: UInt64 = 1, cost: Int64 = 1) -> Charge {
    let key = BucketKey(
        owner: Digest128(high: owner &* 0x9e37_79b9_7f4a_7c15, low: owner), limit: table.limits[index].key)
    return Charge(key: key, limit: index, cost: cost)
}

extension MemoryStore {
    /// One check from beginning to end.
    func check(_ table: LimitTable, at now: Int64, _ charges: Charge...) -> Spend {
        let spend = Spend { _ in }
        spend.table = table
        spend.charges = ContiguousArray(charges)
        decide(spend, now: now)
        return spend
    }
}

/// SplitMix64: the same steps on every run.
struct Seeded: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return word ^ (word >> 31)
    }
}
