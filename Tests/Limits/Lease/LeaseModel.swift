import Domain

@testable import Limits

/// Workers with leases on one bucket of a model store, in steps of simulated time: what the Redis store does with
/// `LeaseTable`, without Redis.
struct LeaseModel {
    struct Terms {
        var rate: Int64 = 1_000
        var burst: Int64 = 1_000
        var workers = 4
        /// Checks a second, of each worker, in turns.
        var demand: [Double] = [500]
        /// All demand stops for the second half of each such period, in steps; 0: it does not.
        var onOff = 0
        /// Steps from a call's sending to the store, and as many back.
        var latency = 2
        var cost: Int64 = 1
        var seed: UInt64 = 1
    }

    /// Microseconds.
    static let step: Int64 = 250

    struct Worker {
        var leases: LeaseTable
        var parked: [Spend] = []
    }

    enum Message {
        case call(worker: Int, checks: [Spend], asks: [LeaseAsk], sentAt: UInt64)
        case back(worker: Int, returned: [LeaseReturn])
        case reply(worker: Int, checks: [Spend], asks: [(LeaseAsk, LeaseGrant)], sentAt: UInt64)
    }

    let terms: Terms
    let table: LimitTable
    let store = MemoryStore(capacity: 16)
    var workers: [Worker]
    var mail: [Int: [Message]] = [:]
    var chance: Seeded
    var tick = 40_000

    var oracle: LeaseOracle
    // What was counted.
    var admitted: Int64 = 0
    var refused = 0
    var calls = 0
    var asked = 0

    init(_ terms: Terms) {
        self.terms = terms
        let lifetime = min(1_000_000, terms.burst * 100_000 / terms.rate)
        let hidden = (terms.rate * lifetime + 999_999) / 1_000_000
        let quota = quota(terms.rate, per: 1, burst: terms.burst - hidden)
        let lease = LeaseTerms(lifetimeMicros: lifetime)
        table = LimitTable([
            Limit(name: "leased", kind: .global, quota: quota, enforced: true, lease: lease)
        ])
        var none: ContiguousArray<LeaseReturn> = []
        chance = Seeded(state: terms.seed)
        workers = []
        for _ in 0..<terms.workers {
            var leases = LeaseTable(seed: chance.next())
            leases.adopt(table, at: 0, into: &none)
            workers.append(Worker(leases: leases))
        }
        oracle = LeaseOracle(rate: terms.rate, burst: terms.burst, now: Int64(tick) * LeaseModel.step)
    }

    var storeNow: Int64 { Int64(tick) * LeaseModel.step }
    var now: UInt64 { UInt64(storeNow) * 1_000 }

    mutating func run(steps: Int) {
        for _ in 0..<steps {
            tick += 1
            for message in mail.removeValue(forKey: tick) ?? [] { deliver(message) }
            let isOff = terms.onOff > 0 && tick % terms.onOff >= terms.onOff / 2
            for index in workers.indices { work(index, isOff: isOff) }
        }
    }

    private mutating func work(_ index: Int, isOff: Bool) {
        var exact: [Spend] = []
        let mean = isOff ? 0 : terms.demand[index % terms.demand.count] * Double(LeaseModel.step) / 1_000_000
        for _ in 0..<arrivals(mean) { attempt(newSpend(), index, &exact, again: false) }
        send(index, exact)
        if tick % 40 == index % 40 { sweep(index) }
    }

    private mutating func attempt(_ spend: Spend, _ index: Int, _ exact: inout [Spend], again: Bool) {
        spend.begin()
        switch workers[index].leases.reserve(spend, at: now, again: again) {
        case .admitted: admit(spend)
        case .refused: refused += 1
        case .parked: workers[index].parked.append(spend)
        case .undecided: exact.append(spend)
        }
    }

    private mutating func send(_ index: Int, _ exact: [Spend]) {
        var asks: [LeaseAsk] = []
        while let ask = workers[index].leases.nextAsk() { asks.append(ask) }
        workers[index].leases.closeTick()
        if exact.isEmpty && asks.isEmpty { return }
        calls += 1
        asked += asks.count
        post(.call(worker: index, checks: exact, asks: asks, sentAt: now))
    }

    private mutating func sweep(_ index: Int) {
        var returns: ContiguousArray<LeaseReturn> = []
        workers[index].leases.sweep(at: now, into: &returns)
        if !returns.isEmpty { post(.back(worker: index, returned: Array(returns))) }
    }

    private mutating func deliver(_ message: Message) {
        switch message {
        case .call(let worker, let checks, let asks, let sentAt):
            for spend in checks { decide(spend) }
            let grants = asks.map { ($0, store.decide($0, under: table, now: storeNow)) }
            post(.reply(worker: worker, checks: checks, asks: grants, sentAt: sentAt))
        case .back(_, let returned):
            for item in returned { store.decide(item, under: table, now: storeNow) }
        case .reply(let worker, let checks, let grants, let sentAt):
            for spend in checks { workers[worker].leases.learn(spend, sentAt: sentAt, at: now) }
            for (ask, grant) in grants {
                workers[worker].leases.answered(ask, under: table, grant, sentAt: sentAt, at: now)
            }
            if !grants.isEmpty { wake(worker) }
        }
    }

    /// Exact charges are spent in the store, at the moment it decides.
    private mutating func decide(_ spend: Spend) {
        store.decide(spend, now: storeNow)
        if spend.outcome == .admitted { admit(spend) } else { refused += 1 }
    }

    private mutating func wake(_ index: Int) {
        let parked = workers[index].parked
        workers[index].parked = []
        var exact: [Spend] = []
        for spend in parked { attempt(spend, index, &exact, again: true) }
        send(index, exact)
    }

    private mutating func post(_ message: Message) {
        let jitter = Int(chance.next() % 2)
        mail[tick + terms.latency + jitter, default: []].append(message)
    }

    private mutating func admit(_ spend: Spend) {
        for charge in spend.charges {
            admitted += charge.cost
            oracle.admit(charge.cost, now: storeNow)
        }
    }

    private func newSpend() -> Spend {
        let spend = Spend { _ in }
        spend.table = table
        spend.charges = [charge(table, 0, cost: terms.cost)]
        return spend
    }

    /// Poisson, by counting exponential gaps.
    private mutating func arrivals(_ mean: Double) -> Int {
        var (count, product) = (0, 1.0)
        let floor = LeaseModel.exp(-mean)
        while true {
            product *= Double(chance.next() >> 11) / Double(1 << 53)
            if product <= floor { return count }
            count += 1
        }
    }

    /// e^x for small |x|.
    private static func exp(_ x: Double) -> Double {
        var (sum, term) = (1.0, 1.0)
        for n in 1..<60 {
            term *= x / Double(n)
            sum += term
        }
        return sum
    }
}
