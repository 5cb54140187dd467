import Bytes
import Domain
import Limits

/// What became of one check, as a value that can leave the event loop.
struct Answer: Sendable {
    var outcome: SpendOutcome
    var source: SpendSource
    var now: Int64
    var readings: [BucketReading]
    var results: [LimitResult?]
    /// Nanoseconds from the asking to the answer.
    var waited: UInt64 = 0

    init(_ spend: Spend) {
        outcome = spend.outcome
        source = spend.source
        now = spend.now
        readings = Array(spend.readings)
        results = (0..<spend.charges.count).map { spend.result(of: $0) }
    }
}

/// `tokens` per `seconds`, as configuration would compile it.
func quota(_ tokens: Int64, per seconds: Int64, burst: Int64? = nil) -> CompiledQuota {
    let quota = Quota(tokens: tokens, period: seconds * 1_000_000, burst: burst ?? tokens)
    guard let compiled = try? CompiledQuota(quota, maxCost: 1_000_000) else { fatalError("a quota within bounds") }
    return compiled
}

func limit(_ name: String, _ quota: CompiledQuota, enforced: Bool = true) -> Limit {
    Limit(name: name, kind: .subject, quota: quota, enforced: enforced)
}

func charge(_ table: LimitTable, _ index: Int, owner: UInt64 = 1, cost: Int64 = 1) -> Charge {
    let key = BucketKey(owner: Digest128(high: 0x0123_4567_89ab_cdef, low: owner), limit: table.limits[index].key)
    return Charge(key: key, limit: index, cost: cost)
}

/// The name of that charge's bucket in Redis.
func keyName(_ table: LimitTable, _ index: Int, owner: UInt64 = 1) -> String {
    let digits = String(owner, radix: 16)
    let padded = String(repeating: "0", count: 16 - digits.count) + digits
    return "postern:{0123456789abcdef\(padded)}:limit:\(table.limits[index].name)"
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
