import Bytes
import Domain

@testable import Limits
@testable import RedisStore

/// EVALSHA of `spend.lua`, read back from what a worker sent. Its layout is described at the heads of `buckets.lua` and
/// `spend.lua`.
struct SpendCommand {
    struct Question {
        var charges: [Charge] = []
        var ticket = Digest128(high: 0, low: 0)
    }

    let table: LimitTable
    private(set) var returns: [LeaseReturn] = []
    private(set) var checks: [Question] = []
    private(set) var asks: [LeaseAsk] = []

    private let items: [Packed]
    private var at = 0
    /// The call's buckets, and their limits in `table`.
    private var buckets: [(key: BucketKey, limit: Int)] = []

    /// - Parameter table: the workers' limits; those of the probe are known here.
    init(keys: [[UInt8]], packed: [UInt8], table: LimitTable) {
        items = Packed.list(packed)
        self.table = SpendCommand.name(keys[0]) == "probe" ? RedisNode.probeTable : table
        let isExtended = next() == 1
        let places = (list: Int(next()), buckets: Int(next()), returns: next(), checks: next(), asks: next())
        let described = 6..<(places.list - 1)
        at = described.upperBound
        for key in keys.prefix(places.buckets) {
            let name = SpendCommand.name(key)
            guard let limit = self.table.limits.firstIndex(where: { $0.name == name }) else {
                preconditionFailure("no limit is called \(name)")
            }
            let place = Int(next()) - 1
            precondition(described.contains(place), "a limit that is described nowhere")
            compare(limit, at: place)
            buckets.append((BucketKey(owner: SpendCommand.owner(key), limit: Limit.key(of: name)), limit))
        }
        for _ in 0..<places.returns {
            let bucket = buckets[Int(next()) - 1]
            returns.append(LeaseReturn(key: bucket.key, limit: bucket.limit, tokens: next(), grantedAtMicros: next()))
        }
        for _ in 0..<places.checks { checks.append(question()) }
        for _ in 0..<places.asks {
            let bucket = buckets[Int(next()) - 1]
            asks.append(LeaseAsk(key: bucket.key, limit: bucket.limit, want: next()))
        }
        let isPlain = asks.isEmpty && returns.isEmpty && buckets.allSatisfy { self.table.kinds[$0.limit] == .tokens }
        precondition(isExtended != isPlain, "the script is told to do without what it needs")
        precondition(at == items.count, "\(items.count - at) items too many")
    }

    private mutating func next() -> Int64 {
        at += 1
        return number(at - 1)
    }

    private func number(_ place: Int) -> Int64 {
        guard case .number(let value) = items[place] else { preconditionFailure("no number at \(place)") }
        return value
    }

    private mutating func question() -> Question {
        var question = Question()
        let count = next()
        if count < 0, case .text(let id) = items[at] {
            question.ticket = SpendCommand.digest(id)
            at += 1
        }
        for _ in 0..<abs(count) {
            let number = Int(next())
            let bucket = buckets[abs(number) - 1]
            precondition((number > 0) == table.enforced[bucket.limit], "a shadow that refuses, or one that does not")
            question.charges.append(Charge(key: bucket.key, limit: bucket.limit, cost: next()))
        }
        return question
    }

    /// A token bucket's terms are those of the limit.
    private func compare(_ limit: Int, at place: Int) {
        let (kind, quota) = (table.kinds[limit], table.quotas[limit])
        precondition(number(place) == Int64(kind.rawValue), "another kind of limit")
        if kind != .tokens && kind != .settled { return }
        let terms = (1...6).map { number(place + $0) }
        let expected = [
            quota.quota.tokens, quota.quota.period, quota.wholeMicros, quota.partMicros, quota.capacity.micros,
            quota.capacity.fraction,
        ]
        precondition(terms == expected, "terms of another limit")
    }

    /// `postern:{<32 hex>}:limit:<name>`
    static func owner(_ key: [UInt8]) -> Digest128 {
        guard let open = key.firstIndex(of: 0x7B) else { preconditionFailure("a key without its tag") }
        return digest(Array(key[(open + 1)..<(open + 33)]))
    }

    static func digest(_ hex: [UInt8]) -> Digest128 {
        var words: [UInt64] = [0, 0]
        for (index, byte) in hex.enumerated() {
            words[index / 16] = words[index / 16] << 4 | UInt64(byte < 0x3A ? byte - 0x30 : byte - 0x57)
        }
        return Digest128(high: words[0], low: words[1])
    }

    static func name(_ key: [UInt8]) -> String {
        guard let close = key.firstIndex(of: 0x7D) else { preconditionFailure("a key without its tag") }
        let rest = String(decoding: key[(close + 1)...], as: UTF8.self)
        precondition(rest.hasPrefix(":limit:"), "not a bucket's key")
        return String(rest.dropFirst(7))
    }
}
