import Bytes
import Domain
import Limits
import Testing

@testable import RedisStore

/// Calendars, slots, reservations and leases: the scripts under a clock of ours against `MemoryStore`, their model, in
/// random sequences of everything a store can be asked.
@Suite(.enabled(if: RedisServer.isExpected, "redis-server is not installed"))
struct DifferentialKindsTests {
    static let second: Int64 = 1_000_000

    /// One order of limits and another, with other sizes: usage is kept across a reload.
    static let tables: [LimitTable] = [
        LimitTable([
            limit("plain", quota(3, per: 1, burst: 40)), settled("paid", quota(7, per: 1, burst: 30), debt: 20),
            calendar("minute", 25, .minute), calendar("owed", 30, .hour, debt: 11, settles: true),
            slots("slots", 6, seconds: 20), slots("seen", 2, seconds: 5, enforced: false),
        ]),
        LimitTable([
            settled("paid", quota(11, per: 3, burst: 45), debt: 5), limit("plain", quota(17, per: 5, burst: 60)),
            slots("slots", 4, seconds: 9), calendar("owed", 20, .hour, debt: 2, settles: true),
            calendar("minute", 31, .minute, enforced: false), slots("seen", 3, seconds: 5),
        ]),
    ]

    @Test(arguments: [1, 2, 3] as [UInt64]) func theScriptsEqualTheirModel(seed: UInt64) throws {
        var run = try DifferentialRun(seed: seed)
        try run.fill(DifferentialKindsTests.tables[0])
        for step in 0..<4_000 { try run.step(DifferentialKindsTests.tables[step / 400 % 2]) }
        // The comparison means something only if all kinds of outcome occurred.
        for outcome in ["admitted", "refused", "refund", "debt", "overdrawn", "late", "conflict", "expired"] {
            #expect(run.seen[outcome, default: 0] > 7, "\(outcome): \(run.seen)")
        }
        for outcome in ["released", "renewed", "granted", "ungranted", "inspected", seed == 1 ? "reset" : "refused"] {
            #expect(run.seen[outcome, default: 0] > 7, "\(outcome): \(run.seen)")
        }
    }

    static func settled(_ name: String, _ quota: CompiledQuota, debt: Int64) -> Limit {
        guard let owing = try? CompiledQuota(quota.quota, maxCost: 1_000_000, debtMax: debt) else {
            fatalError("a quota within bounds")
        }
        let terms = SettlementTerms(estimate: 1, expiresMicros: 30 * second, debtMax: debt)
        return Limit(name: name, kind: .subject, quota: owing, enforced: true, settlement: terms)
    }

    static func calendar(
        _ name: String, _ size: Int64, _ unit: CalendarUnit, debt: Int64 = 0, settles: Bool = false,
        enforced: Bool = true
    ) -> Limit {
        let written = Quota(tokens: size, period: 3_600 * second, burst: size)
        guard let quota = try? CompiledQuota(written, maxCost: 1_000_000, debtMax: debt) else {
            fatalError("a quota within bounds")
        }
        let terms = SettlementTerms(estimate: 1, expiresMicros: 600 * second, debtMax: debt)
        return Limit(
            name: name, kind: .subject, quota: quota, enforced: enforced,
            counting: .calendar(CalendarTerms(unit: unit, zone: .utc)), settlement: settles ? terms : nil)
    }

    static func slots(_ name: String, _ count: Int64, seconds: Int64, enforced: Bool = true) -> Limit {
        Limit(
            name: name, kind: .subject, quota: quota(count, per: 1), enforced: enforced,
            counting: .slots(SlotTerms(leaseMicros: seconds * second)))
    }
}

/// One random sequence, asked of the server and of the model.
private struct DifferentialRun {
    private let bench: ScriptBench
    private let model = MemoryStore(capacity: 100_000)
    private var random: Seeded
    private var now: Int64 = 1_763_000_000_000_000
    private var tickets: [Ticket] = []
    /// The clock steps back, or buckets are reset, and not both: a new bucket sweeps full ones out of the model, and the
    /// script's copies stay, as expiry is off. A clock that steps back can tell the difference.
    private let stepsBack: Bool
    private var leases: [(LeaseAsk, LeaseGrant)] = []
    var seen: [String: Int] = [:]

    init(seed: UInt64) throws {
        bench = try ScriptBench()
        random = Seeded(state: seed)
        stepsBack = seed != 1
    }

    /// Every bucket once, while none is full.
    mutating func fill(_ table: LimitTable) throws {
        try bench.setClock(now)
        for index in table.limits.indices {
            for owner in 0..<2 as Range<UInt64> {
                let (call, spend) = (ScriptCall(), Spend { _ in })
                spend.table = table
                spend.charges = [charge(table, index, owner: owner)]
                spend.ticketID = Digest128(high: owner + 1, low: UInt64(index))
                let isAboard = call.add(WaitingQueue.Entry(spend: spend, joined: 0))
                try #require(isAboard)
                try bench.run(call, at: now)
                try compare(spend, table)
            }
        }
    }

    mutating func step(_ table: LimitTable) throws {
        now += pause()
        try bench.setClock(now)
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<6: try call(table)
        case 6..<8: try settle(table)
        case 8: try slot(table)
        default: try look(table)
        }
    }

    /// Around the time of a token, sometimes past a window, rarely backwards.
    private mutating func pause() -> Int64 {
        switch Int.random(in: 0..<100, using: &random) {
        case 0: Int64.random(in: 0...70_000_000, using: &random)
        case 1 where stepsBack: -Int64.random(in: 0...8_000_000, using: &random)
        case 2..<70: Int64.random(in: 0...900_000, using: &random)
        default: Int64.random(in: 0...3, using: &random)
        }
    }

    private mutating func owner() -> UInt64 { UInt64.random(in: 0..<2, using: &random) }

    private mutating func spend(_ table: LimitTable) -> Spend {
        let spend = Spend { _ in }
        spend.table = table
        for _ in 0..<Int.random(in: 0...4, using: &random) {
            let index = Int.random(in: 0..<table.limits.count, using: &random)
            let cost = Int64.random(in: 0...9, using: &random)
            let most = table.quotas[index].quota.burst + 3
            spend.charges.append(charge(table, index, owner: owner(), cost: cost < 8 ? cost : most / 2))
        }
        if Int.random(in: 0..<8, using: &random) > 0 {
            spend.ticketID = Digest128(high: random.next() | 1, low: random.next())
        }
        return spend
    }

    private mutating func call(_ table: LimitTable) throws {
        let call = ScriptCall()
        for _ in 0..<Int.random(in: 0...2, using: &random) { addReturn(to: call, table) }
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let entry = WaitingQueue.Entry(spend: spend(table), joined: 0)
            try #require(call.add(entry))
        }
        for _ in 0..<Int.random(in: 0...2, using: &random) {
            let charge = charge(table, Int.random(in: 0..<2, using: &random), owner: owner())
            let ask = LeaseAsk(
                key: charge.key, limit: charge.limit, want: Int64.random(in: 1...6, using: &random))
            try #require(call.add(ask: ask, under: table))
        }
        try bench.run(call, at: now)
        for item in call.returns { model.decide(item, under: table, now: now) }
        for spend in call.spends { try compare(spend, table) }
        for (ask, grant) in zip(call.asks, call.grants) {
            try #require(grant == model.decide(ask, under: table, now: now))
            seen[grant.granted > 0 ? "granted" : "ungranted", default: 0] += 1
            leases.append((ask, grant))
        }
    }

    private mutating func addReturn(to call: ScriptCall, _ table: LimitTable) {
        if Int.random(in: 0..<3, using: &random) == 0 {
            let other = charge(table, Int.random(in: 0..<table.limits.count, using: &random), owner: owner())
            let left = now - Int64.random(in: -5...500_000, using: &random)
            let tokens = Int64.random(in: 1...5, using: &random)
            _ = call.add(
                return: LeaseReturn(key: other.key, limit: other.limit, tokens: tokens, grantedAtMicros: left),
                under: table)
        } else if let (ask, grant) = leases.popLast(), let limit = table.index(ofKey: ask.key.limit) {
            _ = call.add(
                return: LeaseReturn(
                    key: ask.key, limit: limit, tokens: grant.granted, grantedAtMicros: grant.now), under: table)
        }
    }

    private mutating func compare(_ spend: Spend, _ table: LimitTable) throws {
        let expected = Spend { _ in }
        (expected.table, expected.charges, expected.ticketID) = (table, spend.charges, spend.ticketID)
        model.decide(expected, now: now)
        seen["\(expected.outcome)", default: 0] += 1
        try #require(spend.outcome == expected.outcome, "at \(now): \(spend.charges)")
        for (got, want) in zip(spend.readings, expected.readings) {
            try #require(got.fits == want.fits && got.isReadable, "at \(now): \(spend.charges)")
            try #require(got.arrival == want.arrival, "at \(now): \(spend.charges)")
        }
        let held = spend.charges.indices.filter { table.held[spend.charges[$0].limit] }.map { spend.charges[$0].key }
        if expected.outcome == .admitted, !held.isEmpty { tickets.append(Ticket(id: spend.ticketID, holdings: held)) }
    }

    private mutating func ticket() -> Ticket? {
        let recent = tickets.suffix(40)
        return recent.randomElement(using: &random)
    }

    private mutating func settle(_ table: LimitTable) throws {
        guard let ticket = ticket() else { return }
        let costs = ticket.holdings.map { _ in
            Int.random(in: 0..<8, using: &random) == 0 ? nil : Int64.random(in: 0...24, using: &random)
        }
        guard case .settled(let settlements) = try agree(.settle(ticket, costs: costs), table) else { return }
        for settlement in settlements {
            switch settlement {
            case .done(let refund, let overdrawn):
                let name = overdrawn > 0 ? "overdrawn" : refund > 0 ? "refund" : refund < 0 ? "debt" : "late"
                seen[name, default: 0] += 1
            case .conflict: seen["conflict", default: 0] += 1
            case .expired: seen["expired", default: 0] += 1
            case nil: break
            }
        }
    }

    private mutating func slot(_ table: LimitTable) throws {
        guard let ticket = ticket() else { return }
        let renews = Bool.random(using: &random)
        switch try agree(renews ? .renew(ticket) : .release(ticket), table) {
        case .released(1...): seen["released", default: 0] += 1
        case .renewed(1...): seen["renewed", default: 0] += 1
        default: break
        }
    }

    private mutating func look(_ table: LimitTable) throws {
        let index = Int.random(in: 0..<table.limits.count, using: &random)
        let key = charge(table, index, owner: owner()).key
        if stepsBack || Int.random(in: 0..<4, using: &random) > 0 {
            let answer = try agree(.inspect(key), table)
            if answer != .inspected(.absent) { seen["inspected", default: 0] += 1 }
        } else {
            // A full bucket may lie there still, or not: whether there was one is not compared.
            let existed = try bench.perform(.reset(key), under: table, at: now)
            _ = model.perform(.reset(key), under: table, now: now)
            if existed == .reset(true) { seen["reset", default: 0] += 1 }
        }
    }

    private func agree(_ operation: StoreOperation, _ table: LimitTable) throws -> StoreAnswer {
        let got = try bench.perform(operation, under: table, at: now)
        let want = model.perform(operation, under: table, now: now)
        try #require(got == want, "at \(now): \(operation)")
        return got
    }
}
