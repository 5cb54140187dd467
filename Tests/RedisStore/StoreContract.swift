import Bytes
import Domain
import Limits
import NIOCore
import Testing

@testable import RedisStore

/// A store as the contract sees it: a tick's checks in, answers out.
struct StoreUnderTest: Sendable {
    let check: @Sendable (LimitTable, [[Charge]]) async throws -> [Answer]

    func callAsFunction(_ table: LimitTable, _ charges: Charge...) async throws -> Answer {
        try await check(table, [charges])[0]
    }
}

enum StoreKind: CaseIterable, Sendable {
    case memory, redis

    /// Runs `body` on a fresh, empty store.
    func withStore(_ body: (StoreUnderTest) async throws -> Void) async throws {
        switch self {
        case .memory:
            let loop = Worker.anyLoop
            let store = NIOLoopBoundBox.makeBoxSendingValue(MemoryStore(capacity: 1_000), eventLoop: loop)
            try await body(
                StoreUnderTest { table, checks in
                    try await loop.submit { checks.map { StoreKind.ask(store.value, table, $0) } }.get()
                })
        case .redis:
            let server = try RedisServer()
            let worker = try await Worker(server)
            try await body(StoreUnderTest { table, checks in try await worker.check(table, checks) })
            try await worker.close()
        }
    }

    private static func ask(_ store: MemoryStore, _ table: LimitTable, _ charges: [Charge]) -> Answer {
        let spend = Spend { _ in }
        spend.table = table
        spend.charges = ContiguousArray(charges)
        _ = store.spend(spend, at: NIODeadline.now().uptimeNanoseconds)
        return Answer(spend)
    }
}

/// What every limit store must do, on every limit store. Rates are so slow that no token returns during a test,
/// except where that is the point.
@Suite(.enabled(if: RedisServer.isExpected, "redis-server is not installed"))
struct StoreContract {
    let table = LimitTable([
        limit("small", quota(3, per: 36_000)), limit("large", quota(100, per: 36_000)),
        limit("shadow", quota(2, per: 36_000), enforced: false), limit("quick", quota(100, per: 10)),
    ])

    @Test(arguments: StoreKind.allCases) func admitsTheBurstAndNoMore(kind: StoreKind) async throws {
        try await kind.withStore { store in
            for left in [2, 1, 0] as [Int64] {
                let answer = try await store(table, charge(table, 0))
                #expect(answer.outcome == .admitted)
                #expect(answer.results[0]?.remaining == left)
                #expect(answer.results[0]?.burst == 3)
            }
            let answer = try await store(table, charge(table, 0))
            #expect(answer.outcome == .refused)
            #expect(answer.readings[0].fits == false)
            let retry = try #require(answer.results[0]?.retryMicros)
            #expect(retry > 11_900_000_000 && retry <= 12_000_000_000)
            #expect(try await store(table, charge(table, 0, owner: 2)).outcome == .admitted)
        }
    }

    @Test(arguments: StoreKind.allCases) func allOrNothing(kind: StoreKind) async throws {
        try await kind.withStore { store in
            _ = try await store(table, charge(table, 0, cost: 3))
            let refused = try await store(table, charge(table, 1, cost: 40), charge(table, 0), charge(table, 1))
            #expect(refused.outcome == .refused)
            #expect(refused.readings.map(\.fits) == [true, false, true])
            #expect(refused.results[0]?.remaining == 100)
            #expect(try await store(table, charge(table, 1, cost: 100)).outcome == .admitted)
        }
    }

    @Test(arguments: StoreKind.allCases) func oneBucketChargedTwiceInACheck(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let refused = try await store(table, charge(table, 0, cost: 2), charge(table, 0, cost: 2))
            #expect(refused.outcome == .refused)
            #expect(refused.readings.map(\.fits) == [true, false])
            #expect(refused.results.map { $0?.remaining } == [3, 3])
            let admitted = try await store(table, charge(table, 0, cost: 2), charge(table, 0, cost: 1))
            #expect(admitted.outcome == .admitted)
            #expect(admitted.results.map { $0?.remaining } == [0, 0])
        }
    }

    @Test(arguments: StoreKind.allCases) func aTicksChecksAreDecidedInOrder(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let checks = [2, 2, 1, 1].map { [charge(table, 0, cost: $0), charge(table, 1, owner: UInt64($0))] }
            let answers = try await store.check(table, checks)
            #expect(answers.map(\.outcome) == [.admitted, .refused, .admitted, .refused])
            #expect(answers.map { $0.results[0]?.remaining } == [1, 1, 0, 0])
        }
    }

    @Test(arguments: StoreKind.allCases) func moreChecksThanOneCallHolds(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let checks = (0..<500).map { [charge(table, 0, owner: UInt64($0 % 125)), charge(table, 1, owner: 9_999)] }
            let answers = try await store.check(table, checks)
            #expect(answers.count { $0.outcome == .admitted } == 100)
            // The refusals left their own buckets alone.
            let asked = try await store.check(table, (0..<125).map { [charge(table, 0, owner: $0, cost: 0)] })
            #expect(asked.reduce(0) { $0 + 3 - ($1.results[0]?.remaining ?? 0) } == 100)
        }
    }

    /// limits.md 14.
    @Test(arguments: StoreKind.allCases) func aShadowIsSpentOnlyIfAdmittedAndFitting(kind: StoreKind) async throws {
        try await kind.withStore { store in
            var answer = try await store(table, charge(table, 2, cost: 2), charge(table, 0, cost: 4))
            #expect(answer.outcome == .refused)
            #expect(answer.results[0]?.remaining == 2)
            answer = try await store(table, charge(table, 2, cost: 2), charge(table, 0))
            #expect(answer.outcome == .admitted)
            #expect(answer.results[0]?.remaining == 0)
            answer = try await store(table, charge(table, 2), charge(table, 0))
            #expect(answer.outcome == .admitted)
            #expect(answer.readings.map(\.fits) == [false, true])
            #expect(answer.results[1]?.remaining == 1)
        }
    }

    /// limits.md 15.
    @Test(arguments: StoreKind.allCases) func aCostAboveTheBurstNeverFits(kind: StoreKind) async throws {
        try await kind.withStore { store in
            for cost in [4, 1_000_000] as [Int64] {
                let answer = try await store(table, charge(table, 0, cost: cost))
                #expect(answer.outcome == .refused)
                #expect(answer.results[0]?.costNeverFits == true)
                #expect(answer.results[0]?.remaining == 3)
            }
        }
    }

    @Test(arguments: StoreKind.allCases) func askingSpendsNothing(kind: StoreKind) async throws {
        try await kind.withStore { store in
            _ = try await store(table, charge(table, 0, cost: 3))
            for _ in 0..<3 {
                let answer = try await store(table, charge(table, 0, cost: 0))
                #expect(answer.outcome == .admitted)
                #expect(answer.results[0]?.remaining == 0)
            }
        }
    }

    @Test(arguments: StoreKind.allCases) func tokensReturnAtTheRate(kind: StoreKind) async throws {
        // Ten a second, and a hundred seconds to fill: however late this test is run on, it is not full again.
        let table = LimitTable([limit("steady", quota(10, per: 1, burst: 1_000))])
        try await kind.withStore { store in
            #expect(try await store(table, charge(table, 0, cost: 1_000)).outcome == .admitted)
            try await Task.sleep(nanoseconds: 350_000_000)
            let answer = try await store(table, charge(table, 0, cost: 3))
            #expect(answer.outcome == .admitted)
            let refused = try await store(table, charge(table, 0, cost: 1_000))
            #expect(refused.outcome == .refused)
        }
    }

    /// limits.md 3: through the store, in both directions.
    @Test(arguments: StoreKind.allCases) func aChangedLimitKeepsTheTokensUsed(kind: StoreKind) async throws {
        try await kind.withStore { store in
            _ = try await store(table, charge(table, 1, cost: 100))
            let wider = LimitTable([limit("large", quota(1_000, per: 36_000))])
            let grown = try await store(wider, charge(wider, 0, cost: 0))
            #expect(grown.results[0]?.remaining == 900)
            _ = try await store(wider, charge(wider, 0, cost: 850))
            let narrower = LimitTable([limit("large", quota(500, per: 36_000))])
            let shrunk = try await store(narrower, charge(narrower, 0))
            #expect(shrunk.outcome == .refused)
            #expect(shrunk.results[0]?.remaining == 0)
        }
    }

    @Test(arguments: StoreKind.allCases) func aCheckWithoutChargesIsAdmitted(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let answers = try await store.check(table, [[], [charge(table, 0)], []])
            #expect(answers.map(\.outcome) == [.admitted, .admitted, .admitted])
        }
    }

    @Test(arguments: StoreKind.allCases) func asManyChargesAsACheckMayHave(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let charges = (0..<Spend.chargesMax).map { charge(table, 1, owner: UInt64($0), cost: 60) }
            let answers = try await store.check(table, [charges, charges, charges, charges])
            #expect(answers.map(\.outcome) == [.admitted, .refused, .refused, .refused])
        }
    }
}
