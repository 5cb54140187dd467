import Bytes
import Domain
import Limits
import Testing

/// limits.md 27, in memory.
@Suite struct CalendarBucketTests {
    let table = LimitTable([calendar("minute", 3, .minute)])

    @Test func whatIsUsedComesBackWhenTheWindowEnds() {
        let store = MemoryStore(capacity: 100)
        for left in [2, 1, 0] as [Int64] {
            let spend = store.check(table, at: 20 * second, charge(table, 0))
            #expect(spend.result(of: 0)?.remaining == left)
            #expect(spend.result(of: 0)?.resetMicros == 40 * second)
        }
        let refused = store.check(table, at: 59 * second, charge(table, 0))
        #expect(refused.outcome == .refused)
        #expect(refused.result(of: 0)?.retryMicros == second)
        #expect(store.check(table, at: 60 * second, charge(table, 0, cost: 3)).outcome == .admitted)
        #expect(store.check(table, at: 60 * second, charge(table, 0, cost: 4)).result(of: 0)?.costNeverFits == true)
    }

    /// The windows are the calendar's, and all that is told is on the store's own clock.
    @Test func theCalendarsClockIsAnother() {
        let store = MemoryStore(capacity: 100)
        store.wallOffsetMicros = 45 * second
        _ = store.check(table, at: 10 * second, charge(table, 0, cost: 3))
        let refused = store.check(table, at: 14 * second, charge(table, 0))
        #expect(refused.result(of: 0)?.retryMicros == second)
        #expect(store.check(table, at: 15 * second, charge(table, 0)).outcome == .admitted)
    }

    @Test func theStartNeverMovesBack() {
        let store = MemoryStore(capacity: 100)
        _ = store.check(table, at: 61 * second, charge(table, 0, cost: 3))
        let back = store.check(table, at: 59 * second, charge(table, 0))
        #expect(back.outcome == .refused)
        #expect(back.result(of: 0)?.resetMicros == 61 * second, "until the later window ends")
    }

    @Test func inspectsAndResets() {
        let store = MemoryStore(capacity: 100)
        let key = charge(table, 0).key
        #expect(store.perform(.inspect(key), under: table, now: 0) == .inspected(.absent))
        _ = store.check(table, at: 0, charge(table, 0, cost: 2))
        let state = BucketState.calendar(used: 2, resetMicros: 50 * second)
        #expect(store.perform(.inspect(key), under: table, now: 10 * second) == .inspected(state))
        #expect(store.perform(.reset(key), under: table, now: 10 * second) == .reset(true))
        #expect(store.perform(.reset(key), under: table, now: 10 * second) == .reset(false))
        #expect(store.check(table, at: 10 * second, charge(table, 0, cost: 3)).outcome == .admitted)
    }

    /// Another kind under the same name starts anew, in both directions.
    @Test func aChangedKindStartsAnew() {
        let store = MemoryStore(capacity: 100)
        let tokens = LimitTable([limit("minute", quota(3, per: 3_600))])
        _ = store.check(table, at: 0, charge(table, 0, cost: 3))
        #expect(store.check(tokens, at: 0, charge(tokens, 0, cost: 3)).outcome == .admitted)
        #expect(store.check(table, at: 0, charge(table, 0, cost: 3)).outcome == .admitted)
    }
}
