import Bytes
import Domain

@testable import Limits

/// EVALSHA of `spend.lua`, read back from what a worker sent. Its layout is described at the head of the script.
struct SpendCommand {
    var table: LimitTable
    var returns: [LeaseReturn] = []
    var checks: [[Charge]] = []
    var asks: [LeaseAsk] = []

    private static let termsPerLimit = 7

    /// - Parameter tables: tables made before, by what they were made of.
    init(keys: [[UInt8]], packed: [UInt8], tables: inout [String: LimitTable]) {
        let items = Packed.list(packed)
        var at = 0
        func next() -> Int64 {
            guard case .number(let value) = items[at] else { preconditionFailure("no number at \(at)") }
            at += 1
            return value
        }
        let counts = (limits: next(), returns: next(), checks: next(), asks: next())
        var quotas: [CompiledQuota] = []
        for _ in 0..<counts.limits {
            let terms = (0..<6).map { _ in next() }
            at += 1
            quotas.append(SpendCommand.quota(terms))
        }
        let limitOfKey = keys.indices.map { _ in Int(next()) - 1 }
        let owners = keys.map(SpendCommand.owner)
        let names = keys.map(SpendCommand.name)
        var limitNames = [String](repeating: "", count: quotas.count)
        for (key, limit) in limitOfKey.enumerated() { limitNames[limit] = names[key] }
        func bucket(_ number: Int) -> (key: BucketKey, limit: Int) {
            let limit = limitOfKey[number - 1]
            return (BucketKey(owner: owners[number - 1], limit: Limit.key(of: names[number - 1])), limit)
        }
        for _ in 0..<counts.returns {
            let (key, limit) = bucket(Int(next()))
            returns.append(LeaseReturn(key: key, limit: limit, tokens: next(), grantedAtMicros: next()))
        }
        // A limit that is charged as a shadow anywhere is one.
        var isShadow = [Bool](repeating: false, count: quotas.count)
        for _ in 0..<counts.checks {
            checks.append(
                (0..<next()).map { _ in
                    let number = Int(next())
                    let (key, limit) = bucket(abs(number))
                    if number < 0 { isShadow[limit] = true }
                    return Charge(key: key, limit: limit, cost: next())
                })
        }
        for _ in 0..<counts.asks {
            let (key, limit) = bucket(Int(next()))
            asks.append(LeaseAsk(key: key, limit: limit, want: next()))
        }
        precondition(at == items.count, "\(items.count - at) items too many")
        table = SpendCommand.table(limitNames, quotas, isShadow, &tables)
    }

    /// The burst follows from the capacity, exactly: B = capacity · N / P. That proves the other terms right, too.
    private static func quota(_ terms: [Int64]) -> CompiledQuota {
        let (tokens, period) = (terms[0], terms[1])
        let burst = (Int128(terms[4]) * Int128(tokens) + Int128(terms[5])) / Int128(period)
        let quota = Quota(tokens: tokens, period: period, burst: Int64(burst))
        guard let compiled = try? CompiledQuota(quota, maxCost: 1) else { preconditionFailure("terms beyond bounds") }
        precondition(
            [compiled.wholeMicros, compiled.partMicros, compiled.capacity.micros, compiled.capacity.fraction]
                == Array(terms[2...]), "terms that do not agree")
        return compiled
    }

    private static func table(
        _ names: [String], _ quotas: [CompiledQuota], _ isShadow: [Bool], _ tables: inout [String: LimitTable]
    ) -> LimitTable {
        var mark = ""
        for index in names.indices {
            let quota = quotas[index].quota
            mark += "\(names[index]) \(quota.tokens) \(quota.period) \(quota.burst) \(isShadow[index])\n"
        }
        if let known = tables[mark] { return known }
        let table = LimitTable(
            names.indices.map {
                Limit(name: names[$0], kind: .subject, quota: quotas[$0], enforced: !isShadow[$0])
            })
        tables[mark] = table
        return table
    }

    /// `postern:{<32 hex>}:limit:<name>`
    static func owner(_ key: [UInt8]) -> Digest128 {
        guard let open = key.firstIndex(of: 0x7B) else { preconditionFailure("a key without its tag") }
        let hex = String(decoding: key[(open + 1)..<(open + 33)], as: UTF8.self)
        guard let high = UInt64(hex.prefix(16), radix: 16), let low = UInt64(hex.suffix(16), radix: 16) else {
            preconditionFailure("a tag that is not 32 hex digits")
        }
        return Digest128(high: high, low: low)
    }

    static func name(_ key: [UInt8]) -> String {
        guard let close = key.firstIndex(of: 0x7D) else { preconditionFailure("a key without its tag") }
        let rest = String(decoding: key[(close + 1)...], as: UTF8.self)
        precondition(rest.hasPrefix(":limit:"), "not a bucket's key")
        return String(rest.dropFirst(7))
    }
}
