import Bytes
import Domain
import Limits
import Testing

/// limits.md 29, in memory; the script equals it step for step (Tests/RedisStore/DifferentialKindsTests).
@Suite struct SettlingTests {
    /// A token a second, ten of them, and five of debt.
    let table = LimitTable([settled("paid", 1, per: 1, burst: 10, debt: 5)])
    var paid: Charge { charge(table, 0, cost: 6) }

    private func settle(_ store: MemoryStore, _ id: UInt64, _ cost: Int64, at now: Int64) -> StoreAnswer {
        store.perform(.settle(ticket(id, paid), costs: [cost]), under: table, now: now)
    }

    @Test func givesBackWhatWasTooMuch() {
        let store = MemoryStore(capacity: 100)
        #expect(store.hold(table, at: 0, id: 1, paid).result(of: 0)?.remaining == 4)
        #expect(settle(store, 1, 2, at: 0) == .settled([.done(refund: 4, overdrawn: 0)]))
        #expect(store.check(table, at: 0, charge(table, 0, cost: 0)).result(of: 0)?.remaining == 8)
    }

    @Test func parallelChecksCannotAllPass() {
        let store = MemoryStore(capacity: 100)
        #expect(store.hold(table, at: 0, id: 1, paid).outcome == .admitted)
        #expect(store.hold(table, at: 0, id: 2, paid).outcome == .refused)
        #expect(settle(store, 2, 1, at: 0) == .settled([.expired]), "a refused check reserved nothing")
    }

    @Test func theSameAgainIsTheSameAndAnotherIsAConflict() {
        let store = MemoryStore(capacity: 100)
        _ = store.hold(table, at: 0, id: 1, paid)
        for now in [0, 1, 59 * second] {
            #expect(settle(store, 1, 2, at: now) == .settled([.done(refund: 4, overdrawn: 0)]))
            #expect(settle(store, 1, 3, at: now) == .settled([.conflict]))
        }
        #expect(settle(store, 1, 2, at: 60 * second) == .settled([.expired]))
        #expect(settle(store, 9, 2, at: 0) == .settled([.expired]), "nobody's")
    }

    /// What flowed in while the bucket was full would be spent twice.
    @Test func aBucketThatWasFullSinceGivesNothingBack() {
        let store = MemoryStore(capacity: 100)
        _ = store.hold(table, at: 0, id: 1, paid)
        _ = store.check(table, at: 7 * second, charge(table, 0, cost: 10))
        #expect(settle(store, 1, 1, at: 7 * second) == .settled([.done(refund: 0, overdrawn: 0)]))
        #expect(store.check(table, at: 7 * second, charge(table, 0)).outcome == .refused)
    }

    @Test func neverFillsTheBucketBeyondItsBurst() {
        let store = MemoryStore(capacity: 100)
        _ = store.hold(table, at: second, id: 1, paid)
        #expect(settle(store, 1, 0, at: 5 * second) == .settled([.done(refund: 2, overdrawn: 0)]))
        #expect(store.check(table, at: 5 * second, charge(table, 0, cost: 10)).outcome == .admitted)
        #expect(store.check(table, at: 5 * second, charge(table, 0)).outcome == .refused)
    }

    @Test func debtHasABoundAndIsWaitedOut() {
        let store = MemoryStore(capacity: 100)
        _ = store.hold(table, at: 0, id: 1, paid)
        // Four are left and five may be owed; the other eleven are lost to the bound, and said to be.
        #expect(settle(store, 1, 26, at: 0) == .settled([.done(refund: -9, overdrawn: 11)]))
        let refused = store.check(table, at: 0, charge(table, 0))
        #expect(refused.outcome == .refused)
        #expect(refused.result(of: 0)?.remaining == 0)
        // Half a token flows in: what is owed is rounded up, as what is left is rounded down.
        let state = BucketState.tokens(remaining: -5, resetMicros: 14_500_000)
        #expect(store.perform(.inspect(paid.key), under: table, now: second / 2) == .inspected(state))
        #expect(refused.result(of: 0)?.retryMicros == 6 * second)
        #expect(store.check(table, at: 6 * second, charge(table, 0)).outcome == .admitted)
    }

    @Test func twoChargesOfOneCheckAreOneReservation() {
        let store = MemoryStore(capacity: 100)
        let three = charge(table, 0, cost: 3)
        _ = store.hold(table, at: 0, id: 1, three, three)
        #expect(settle(store, 1, 1, at: 0) == .settled([.done(refund: 5, overdrawn: 0)]))
    }

    @Test func aRefundIsForItsOwnWindow() {
        let table = LimitTable([calendar("minute", 10, .minute, settles: true)])
        let store = MemoryStore(capacity: 100)
        _ = store.hold(table, at: 50 * second, id: 1, charge(table, 0, cost: 8))
        _ = store.hold(table, at: 50 * second, id: 2, charge(table, 0, cost: 2))
        let second1 = ticket(2, charge(table, 0))
        #expect(
            store.perform(.settle(second1, costs: [1]), under: table, now: 59 * second)
                == .settled([.done(refund: 1, overdrawn: 0)]))
        _ = store.check(table, at: 61 * second, charge(table, 0, cost: 5))
        let first = ticket(1, charge(table, 0))
        #expect(
            store.perform(.settle(first, costs: [0]), under: table, now: 62 * second)
                == .settled([.done(refund: 0, overdrawn: 0)]))
        #expect(store.check(table, at: 62 * second, charge(table, 0, cost: 0)).result(of: 0)?.remaining == 5)
    }

    @Test func aLimitThatIsGoneIsSaidToBe() {
        let store = MemoryStore(capacity: 100)
        #expect(store.perform(.settle(ticket(1, paid), costs: [1]), under: .empty, now: 0) == .unknownLimit)
    }
}
