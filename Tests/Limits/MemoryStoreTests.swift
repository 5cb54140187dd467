import Bytes
import Domain
import Limits
import Testing

/// What only this store can show. What every store does is in the contract suite, Tests/RedisStore/StoreContract.
@Suite struct MemoryStoreTests {
    let table = LimitTable([
        limit("small", quota(3, per: 3_600)), limit("large", quota(100, per: 3_600)),
        limit("shadow", quota(2, per: 3_600), enforced: false),
    ])

    @Test func itsClockIsTheOneItIsHanded() {
        let store = MemoryStore(capacity: 10)
        let spend = Spend { _ in Issue.record("resolved at once, so not called") }
        spend.table = table
        spend.charges = [charge(table, 0)]
        #expect(store.spend(spend, at: 5_000_999))
        #expect(spend.now == 5_000)
        #expect(spend.outcome == .admitted)
        #expect(spend.source == .memory)
    }

    @Test func askingForNothingWritesNothing() {
        let store = MemoryStore(capacity: 10)
        let spend = store.check(table, at: 0, charge(table, 0, cost: 0), charge(table, 1, cost: 0))
        #expect(spend.outcome == .admitted)
        #expect(spend.result(of: 0)?.remaining == 3)
        #expect(store.count == 0)
    }

    @Test func aRefusalWritesNothing() {
        let store = MemoryStore(capacity: 10)
        let spend = store.check(table, at: 0, charge(table, 1, cost: 5), charge(table, 0, cost: 4))
        #expect(spend.outcome == .refused)
        #expect(spend.result(of: 1)?.costNeverFits == true)
        #expect(store.count == 0)
    }

    /// A changed limit finds the bucket by name, wherever it stands in the new table.
    @Test func usageSurvivesAReload() {
        let store = MemoryStore(capacity: 10)
        _ = store.check(table, at: 1_000, charge(table, 0, cost: 3))
        let next = LimitTable([limit("new", quota(1, per: 1)), limit("small", quota(30, per: 3_600))])
        let spend = store.check(next, at: 1_000, charge(next, 1, cost: 27))
        #expect(spend.outcome == .admitted)
        #expect(spend.result(of: 0)?.remaining == 0)
    }

    @Test func fullBucketsMakeRoomFirstAndLoseNothing() {
        let store = MemoryStore(capacity: 16)
        let quick = LimitTable([limit("quick", quota(10, per: 1)), limit("slow", quota(10, per: 3_600))])
        for owner in 0..<8 { _ = store.check(quick, at: 0, charge(quick, 0, owner: UInt64(owner))) }
        for owner in 8..<16 { _ = store.check(quick, at: 0, charge(quick, 1, owner: UInt64(owner))) }
        #expect(store.count == 16)
        // A second later the quick ones are full; eight more fit in without a loss.
        for owner in 16..<24 { _ = store.check(quick, at: 1_000_000, charge(quick, 1, owner: UInt64(owner))) }
        #expect(store.lossyEvictions == 0)
        #expect(store.count == 16)
        for owner in 8..<24 {
            let spend = store.check(quick, at: 1_000_000, charge(quick, 1, owner: UInt64(owner), cost: 0))
            #expect(spend.result(of: 0)?.remaining == 9, "owner \(owner)")
        }
    }

    @Test func theSoonestFullGoesWhenNoneIs() {
        let store = MemoryStore(capacity: 8)
        let slow = LimitTable([limit("slow", quota(10, per: 3_600))])
        for owner in 1...8 { _ = store.check(slow, at: 0, charge(slow, 0, owner: UInt64(owner), cost: Int64(owner))) }
        _ = store.check(slow, at: 0, charge(slow, 0, owner: 9, cost: 5))
        #expect(store.lossyEvictions == 1)
        #expect(store.count == 8)
        let forgotten = store.check(slow, at: 0, charge(slow, 0, owner: 1, cost: 0))
        #expect(forgotten.result(of: 0)?.remaining == 10)
        let kept = store.check(slow, at: 0, charge(slow, 0, owner: 2, cost: 0))
        #expect(kept.result(of: 0)?.remaining == 8)
    }

    /// Against a dictionary that never forgets, at three quarters of the bound and with every bucket in use.
    @Test func agreesWithADictionary() {
        let capacity = 4_096
        let store = MemoryStore(capacity: capacity, seed: 7)
        let slow = LimitTable([limit("slow", quota(10, per: 86_400))])
        var used: [UInt64: Int64] = [:]
        var random = Seeded(state: 11)
        for step in 0..<60_000 {
            let owner = UInt64.random(in: 0..<UInt64(capacity * 3 / 4), using: &random)
            let fits = used[owner, default: 0] < 10
            let spend = store.check(slow, at: Int64(step), charge(slow, 0, owner: owner))
            if (spend.outcome == .admitted) != fits, store.lossyEvictions == 0 {
                Issue.record("step \(step), owner \(owner)")
                return
            }
            if spend.outcome == .admitted { used[owner, default: 0] += 1 }
        }
        #expect(store.lossyEvictions < 4)
    }

    /// A flood of names: the table stays at its bound, and each step costs the same.
    @Test func neverGrowsPastItsBound() {
        let store = MemoryStore(capacity: 1_000)
        let slow = LimitTable([limit("slow", quota(10, per: 86_400))])
        for owner in 0..<20_000 { _ = store.check(slow, at: 0, charge(slow, 0, owner: UInt64(owner))) }
        #expect(store.count <= 1_000)
        #expect(store.count > 950)
        #expect(store.lossyEvictions == UInt64(20_000 - store.count))
    }
}
