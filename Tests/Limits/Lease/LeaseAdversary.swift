import Domain

@testable import Limits

/// Workers that mean ill: they ask for whatever they can get, hold it, give it back or spend it at the worst moment, and
/// spend from the store besides. They are held to two things: what they took they spend within Λ, and what they give
/// back says when it was taken (limits.md 17, 18).
struct LeaseAdversary {
    /// What may be broken on purpose, to see that the oracle notices.
    enum Canary: Sendable { case none, noHoldBack, fullCredit, lateUse }

    struct Holding {
        var tokens: Int64
        var grantedAt: Int64
        var asked: Int64
    }

    static let rate: Int64 = 1_000
    static let burst: Int64 = 1_000
    static let lifetime: Int64 = 100_000

    let canary: Canary
    let table: LimitTable
    let store = MemoryStore(capacity: 4)
    var held: [Holding] = []
    var now: Int64 = 10_000_000
    var chance: Seeded
    var oracle: LeaseOracle

    init(seed: UInt64, _ canary: Canary) {
        self.canary = canary
        let hidden = canary == .noHoldBack ? 0 : LeaseAdversary.rate * LeaseAdversary.lifetime / 1_000_000
        table = LimitTable([
            limit("leased", quota(LeaseAdversary.rate, per: 1, burst: LeaseAdversary.burst - hidden))
        ])
        chance = Seeded(state: seed)
        oracle = LeaseOracle(rate: LeaseAdversary.rate, burst: LeaseAdversary.burst, now: now)
    }

    mutating func run(moves: Int) {
        for _ in 0..<moves {
            now += [0, 0, 5_000, 25_000, 50_000, 99_000, 400_000][Int(chance.next() % 7)]
            let life = canary == .lateUse ? LeaseAdversary.lifetime * 3 : LeaseAdversary.lifetime
            held.removeAll { $0.asked + life <= now }
            switch chance.next() % 8 {
            case 0...3: ask()
            case 4, 5: giveBack()
            case 6: spendHeld()
            default:
                spendHeld()
                spendExact()
            }
        }
    }

    private mutating func ask() {
        let latency = Int64(chance.next() % 3_000)
        let asked = now
        now += latency
        let key = charge(table, 0).key
        for _ in 0..<(chance.next() % 12) {
            let grant = store.decide(LeaseAsk(key: key, limit: 0, want: 1_000), under: table, now: now)
            held.append(Holding(tokens: grant.granted, grantedAt: now, asked: asked))
        }
    }

    /// Some of it, the oldest first.
    private mutating func giveBack() {
        let count = Int(chance.next() % UInt64(held.count + 1))
        for holding in held.prefix(count) {
            let grantedAt = canary == .fullCredit ? now : holding.grantedAt
            let item = LeaseReturn(
                key: charge(table, 0).key, limit: 0, tokens: holding.tokens, grantedAtMicros: grantedAt)
            store.decide(item, under: table, now: now)
        }
        held.removeFirst(count)
    }

    private mutating func spendHeld() {
        for holding in held where holding.tokens > 0 { oracle.admit(holding.tokens, now: now) }
        held = []
    }

    private mutating func spendExact() {
        for size in [512, 256, 128, 64, 32, 16, 8, 4, 2, 1] as [Int64] {
            let spend = store.check(table, at: now, charge(table, 0, cost: size))
            if spend.outcome == .admitted { oracle.admit(size, now: now) }
        }
    }
}
