import Bytes
import Domain
import Limits
import Testing

/// limits.md 18 and 19, in memory.
@Suite struct LeaseCallsTests {
    /// Ten a second, a hundred of them.
    let table = LimitTable([limit("leased", quota(10, per: 1, burst: 100))])
    var key: BucketKey { charge(table, 0).key }

    private func left(_ store: MemoryStore, at now: Int64) -> Int64? {
        store.check(table, at: now, charge(table, 0, cost: 0)).result(of: 0)?.remaining
    }

    private func ask(_ store: MemoryStore, _ want: Int64, at now: Int64) -> Int64 {
        store.decide(LeaseAsk(key: key, limit: 0, want: want), under: table, now: now).granted
    }

    @Test func grantsAtMostAnEighthOfWhatIsLeft() {
        let store = MemoryStore(capacity: 10)
        #expect(ask(store, 5, at: 0) == 5)
        #expect(ask(store, 50, at: 0) == 11, "of 95")
        #expect(left(store, at: 0) == 84)
        _ = store.check(table, at: 0, charge(table, 0, cost: 77))
        #expect(ask(store, 50, at: 0) == 0, "of 7")
        #expect(left(store, at: 0) == 7)
    }

    /// Full credit is what lets 1,800 of 1,000 through.
    @Test func whatFlowedInSinceIsTakenOffAReturn() {
        let store = MemoryStore(capacity: 10)
        _ = store.check(table, at: 0, charge(table, 0, cost: 60))
        let item = { (tokens: Int64) in LeaseReturn(key: key, limit: 0, tokens: tokens, grantedAtMicros: 0) }
        store.decide(item(20), under: table, now: second)
        #expect(left(store, at: second) == 60, "ten flowed in, and ten of twenty came back")
        store.decide(item(20), under: table, now: 3 * second)
        #expect(left(store, at: 3 * second) == 80, "those are older than they are many")
    }

    @Test func aReturnNeverFillsTheBucketBeyondItsBurst() {
        let store = MemoryStore(capacity: 10)
        _ = store.check(table, at: 0, charge(table, 0, cost: 5))
        store.decide(LeaseReturn(key: key, limit: 0, tokens: 50, grantedAtMicros: 0), under: table, now: 0)
        #expect(store.check(table, at: 0, charge(table, 0, cost: 100)).outcome == .admitted)
        #expect(store.check(table, at: 0, charge(table, 0)).outcome == .refused)
    }
}
