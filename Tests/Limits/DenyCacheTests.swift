import Bytes
import Domain
import Limits
import Testing

@Suite struct DenyCacheTests {
    let table = LimitTable([
        limit("one", quota(10, per: 10)), limit("two", quota(5, per: 3_600)),
        limit("shadow", quota(1, per: 3_600), enforced: false),
    ])
    let start: Int64 = 1_763_000_000_000_000
    let sent: UInt64 = 50_000_000_000

    /// A cache that has seen a refusal of `charges` at `start`, by a store in which 10 tokens of "one" are spent.
    func cache(after charges: Charge...) -> DenyCache {
        let store = MemoryStore(capacity: 10)
        _ = store.check(table, at: start, charge(table, 0, cost: 10), charge(table, 2))
        let spend = Spend { _ in }
        spend.table = table
        spend.charges = ContiguousArray(charges)
        store.decide(spend, now: start)
        #expect(spend.outcome == .refused)
        var cache = DenyCache()
        cache.remember(spend, sentAt: sent)
        return cache
    }

    func check(_ charges: Charge...) -> Spend {
        let spend = Spend { _ in }
        spend.table = table
        spend.charges = ContiguousArray(charges)
        spend.begin()
        return spend
    }

    @Test func refusesWhileTheCostCannotFit() {
        var cache = cache(after: charge(table, 0))
        let spend = check(charge(table, 1), charge(table, 0))
        #expect(cache.refuses(spend, at: sent + 300_000_000) as Bool)
        #expect(spend.outcome == .refused)
        #expect(spend.source == .denyCache)
        #expect(spend.readings.map(\.isReadable) == [false, true])
        #expect(spend.result(of: 0) == nil)
        // Recomputed for the moment of the asking: a token was a second away 300 ms ago.
        #expect(spend.result(of: 1)?.retryMicros == 700_000)
        #expect(cache.hits == 1)
    }

    /// The refusal was of 3 tokens, which are three seconds away; one is there after one second, and less is known of
    /// it by then: an entry does not live that long.
    @Test func judgesEachCostByItself() {
        var cache = cache(after: charge(table, 0, cost: 3))
        let first = check(charge(table, 0, cost: 3)), second = check(charge(table, 0, cost: 0))
        #expect(cache.refuses(first, at: sent) as Bool)
        #expect((!cache.refuses(second, at: sent)) as Bool)
        #expect(second.outcome == .pending)
        #expect(second.readings.isEmpty)
    }

    @Test func endsAsSoonAsTheCostCouldFit() {
        let fast = LimitTable([limit("fast", quota(10, per: 1))])
        let store = MemoryStore(capacity: 10)
        _ = store.check(fast, at: start, charge(fast, 0, cost: 10))
        let refused = store.check(fast, at: start, charge(fast, 0))
        var cache = DenyCache()
        cache.remember(refused, sentAt: sent)
        let spend = Spend { _ in }
        spend.table = fast
        spend.charges = [charge(fast, 0)]
        #expect(cache.refuses(spend, at: sent + 99_999_000) as Bool)
        #expect((!cache.refuses(spend, at: sent + 100_000_000)) as Bool)
    }

    @Test func anEntryLivesLessThanASecond() {
        var cache = cache(after: charge(table, 0, cost: 5))
        #expect(cache.refuses(check(charge(table, 0, cost: 5)), at: sent + 800_000_000) as Bool)
        #expect((!cache.refuses(check(charge(table, 0, cost: 5)), at: sent + 1_000_000_000)) as Bool)
    }

    @Test func anotherTableEmptiesIt() {
        var cache = cache(after: charge(table, 0))
        let spend = check(charge(table, 0))
        spend.table = LimitTable(table.limits)
        #expect((!cache.refuses(spend, at: sent)) as Bool)
        #expect((!cache.refuses(check(charge(table, 0)), at: sent)) as Bool)
    }

    @Test func shadowChargesNeitherEnterNorAsk() {
        var cache = cache(after: charge(table, 2), charge(table, 0))
        #expect((!cache.refuses(check(charge(table, 2)), at: sent)) as Bool)
    }

    /// The second charge to the bucket did not fit because of the first: that says nothing about one charge.
    @Test func aChargeDoubledInOneCheckProvesNothing() {
        var cache = cache(after: charge(table, 1, cost: 4), charge(table, 1, cost: 4))
        #expect((!cache.refuses(check(charge(table, 1, cost: 4)), at: sent)) as Bool)
    }

    @Test func aNeverFittingCostIsRefusedWithoutRetry() {
        var cache = cache(after: charge(table, 1, cost: 6))
        let spend = check(charge(table, 1, cost: 6))
        #expect(cache.refuses(spend, at: sent) as Bool)
        #expect(spend.result(of: 0)?.costNeverFits == true)
    }

    @Test func otherOwnersAreNotRefused() {
        var cache = cache(after: charge(table, 0))
        #expect((!cache.refuses(check(charge(table, 0, owner: 2)), at: sent)) as Bool)
        // The same place in the cache, another bucket.
        #expect((!cache.refuses(check(charge(table, 0, owner: 1 + 4_096)), at: sent)) as Bool)
    }

    /// A refusal by `table` of what does not fit beside `charges`, at `start`.
    private func refusal(_ table: LimitTable, _ charges: Charge...) -> Spend {
        let store = MemoryStore(capacity: 100)
        for id in 1...20 as ClosedRange<UInt64> {
            let spend = Spend { _ in }
            (spend.table, spend.charges, spend.ticketID) = (table, ContiguousArray(charges), .init(high: 1, low: id))
            store.decide(spend, now: start)
            if spend.outcome == .refused { return spend }
        }
        Issue.record("never refused")
        return Spend { _ in }
    }

    /// limits.md 27: until the window ends.
    @Test func aCalendarsRefusalEndsWithItsWindow() {
        let table = LimitTable([calendar("minute", 10, .minute)])
        let refused = refusal(table, charge(table, 0, cost: 6))
        let rest = 60 * second - start % (60 * second)
        var cache = DenyCache()
        cache.remember(refused, sentAt: sent)
        let spend = Spend { _ in }
        (spend.table, spend.charges) = (table, refused.charges)
        spend.begin()
        #expect(cache.refuses(spend, at: sent + 100_000_000) as Bool)
        #expect(spend.result(of: 0)?.retryMicros == rest - 100_000)
        spend.charges[0].cost = 4
        spend.begin()
        #expect(cache.refuses(spend, at: sent + 100_000_000) as Bool == false, "four are left")
    }

    /// limits.md 16: a slot may come back at any time.
    @Test func aRefusalOfSlotsIsNotRemembered() {
        let table = LimitTable([slots("streams", 2, seconds: 60)])
        let refused = refusal(table, charge(table, 0))
        var cache = DenyCache()
        cache.remember(refused, sentAt: sent)
        refused.begin()
        #expect(cache.refuses(refused, at: sent + 1) as Bool == false)
    }

    /// limits.md 13: what is spent may come back, so it is asked again soon.
    @Test(arguments: [true, false]) func aProvisionalRefusalIsBrief(isLeased: Bool) {
        let hourly = quota(10, per: 3_600)
        let table = LimitTable([
            Limit(
                name: "wide", kind: .tenant, quota: hourly, enforced: true,
                lease: isLeased ? LeaseTerms(lifetimeMicros: second) : nil)
        ])
        let refused = refusal(table, charge(table, 0, cost: 6))
        var cache = DenyCache()
        cache.remember(refused, sentAt: sent, isProvisional: !isLeased)
        refused.begin()
        #expect(cache.refuses(refused, at: sent + 30_000_000) as Bool)
        refused.begin()
        #expect(cache.refuses(refused, at: sent + 50_000_000) as Bool == false)
    }
}
