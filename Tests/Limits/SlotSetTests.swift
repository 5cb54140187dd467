import Bytes
import Domain
import Limits
import Testing

/// limits.md 28, in memory.
@Suite struct SlotSetTests {
    let table = LimitTable([slots("streams", 2, seconds: 10), limit("rate", quota(2, per: 3_600))])
    var slot: Charge { charge(table, 0) }

    @Test func soManyAtOnce() {
        let store = MemoryStore(capacity: 100)
        #expect(store.hold(table, at: 0, id: 1, slot).result(of: 0)?.remaining == 1)
        #expect(store.hold(table, at: 4 * second, id: 2, slot).result(of: 0)?.remaining == 0)
        let refused = store.hold(table, at: 5 * second, id: 3, slot)
        #expect(refused.outcome == .refused)
        #expect(refused.result(of: 0)?.retryMicros == 5 * second, "when the first expires")
        #expect(store.perform(.release(ticket(1, slot)), under: table, now: 5 * second) == .released(1))
        #expect(store.hold(table, at: 5 * second, id: 3, slot).outcome == .admitted)
    }

    @Test func releasingIsIdempotent() {
        let store = MemoryStore(capacity: 100)
        _ = store.hold(table, at: 0, id: 1, slot)
        _ = store.hold(table, at: 0, id: 2, slot)
        #expect(store.perform(.release(ticket(1, slot)), under: table, now: 0) == .released(1))
        #expect(store.perform(.release(ticket(1, slot)), under: table, now: 0) == .released(0))
        let held = BucketState.slots(held: 1, resetMicros: 10 * second)
        #expect(store.perform(.inspect(slot.key), under: table, now: 0) == .inspected(held))
    }

    @Test func aCrashedHoldersSlotComesBackAndARenewedOneStays() {
        let store = MemoryStore(capacity: 100)
        _ = store.hold(table, at: 0, id: 1, slot)
        _ = store.hold(table, at: 0, id: 2, slot)
        #expect(store.perform(.renew(ticket(1, slot)), under: table, now: 9 * second) == .renewed(1))
        #expect(store.hold(table, at: 10 * second, id: 3, slot).outcome == .admitted)
        #expect(store.hold(table, at: 10 * second, id: 4, slot).outcome == .refused)
        #expect(store.perform(.renew(ticket(2, slot)), under: table, now: 10 * second) == .renewed(0), "too late")
    }

    @Test func aRefusedRateTakesNoSlot() {
        let store = MemoryStore(capacity: 100)
        #expect(store.hold(table, at: 0, id: 1, slot, charge(table, 1, cost: 3)).outcome == .refused)
        #expect(store.perform(.inspect(slot.key), under: table, now: 0) == .inspected(.absent))
    }

    @Test func oneCheckTakesOneSlotWhateverItCosts() {
        let store = MemoryStore(capacity: 100)
        let spend = store.hold(table, at: 0, id: 1, charge(table, 0, cost: 50), slot)
        #expect(spend.outcome == .admitted)
        #expect(spend.result(of: 1)?.remaining == 1)
        #expect(store.hold(table, at: 0, id: 2, charge(table, 0, cost: 0)).result(of: 0)?.remaining == 1)
    }

    /// Nobody could give it back.
    @Test func withoutAnIDACheckOnlyAsks() {
        let store = MemoryStore(capacity: 100)
        for _ in 0..<3 { #expect(store.check(table, at: 0, slot).outcome == .admitted) }
        #expect(store.perform(.inspect(slot.key), under: table, now: 0) == .inspected(.absent))
    }

    @Test func withoutRoomNobodyTakesASlot() {
        let store = MemoryStore(capacity: Spend.chargesMax + 1)
        let outcomes = (1...4).map { store.hold(table, at: 0, id: $0, charge(table, 0, owner: $0)).outcome }
        #expect(outcomes == [.admitted, .admitted, .refused, .refused])
        // The expired make room.
        #expect(store.hold(table, at: 10 * second, id: 9, charge(table, 0, owner: 9)).outcome == .admitted)
    }
}
