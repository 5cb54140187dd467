import Domain
import Testing

@testable import Limits

/// One lease: what goes in, what comes out.
@Suite struct LeaseTests {
    struct NotSpent: Error {}

    static let second: UInt64 = 1_000_000_000
    /// 1,000 a second, of 1,000 with a tenth held back.
    static let terms: CompiledQuota = LimitsTests.quota(1_000, per: 1, burst: 900)
    let quota = LeaseTests.terms
    let table = LimitTable([
        Limit(
            name: "leased", kind: .global, quota: LeaseTests.terms, enforced: true,
            lease: LeaseTerms(lifetimeMicros: 100_000))
    ])

    /// A lease whose demand is known, with an ask out, and the moment.
    private func asking() -> (lease: Lease, now: UInt64) {
        var lease = Lease(
            key: charge(table, 0).key, limit: 0, terms: LeaseTerms(lifetimeMicros: 100_000))
        var now = 10 * LeaseTests.second
        while lease.asking == .idle {
            now += 500_000
            #expect(lease.take(1, at: now) == .exact)
        }
        lease.asked()
        return (lease, now)
    }

    private func grant(_ granted: Int64, left: Int64) -> LeaseGrant {
        let spent = GCRA.spend(900 - left, from: ArrivalTime(micros: 5_000_000, fraction: 0), quota: quota)
        return LeaseGrant(granted: granted, arrival: spent, now: 5_000_000, isReadable: true)
    }

    @Test func fewChecksAreServedExact() {
        var lease = Lease(key: charge(table, 0).key, limit: 0, terms: LeaseTerms(lifetimeMicros: 100_000))
        for step in 1..<50 as Range<UInt64> {
            #expect(lease.take(1, at: step * 100_000_000) == .exact)
            #expect(lease.asking == .idle)
        }
    }

    @Test func whileAnAskIsOutChecksPark() {
        var (lease, now) = asking()
        #expect(lease.take(1, at: now) == .park)
        #expect(lease.granted(grant(5, left: 800), quota: quota, sentAt: now, at: now, random: 0) == 0)
        #expect(lease.take(1, at: now, again: true) == .spend(until: now + lease.lifetime))
        #expect(lease.held(at: now) == 4)
    }

    /// limits.md 17: Λ counts from the sending, and not from the answer.
    @Test func tokensEndALifetimeAfterTheAskWasSent() {
        var (lease, now) = asking()
        _ = lease.granted(grant(5, left: 800), quota: quota, sentAt: now, at: now + 50_000_000, random: 0)
        #expect(lease.held(at: now + lease.lifetime - 1) == 5)
        #expect(lease.held(at: now + lease.lifetime) == 0)
        if case .spend = lease.take(1, at: now + lease.lifetime) { Issue.record("spent an expired token") }
        #expect(lease.lifetime < 100_000_000)
    }

    @Test func aGrantThatComesTooLateIsDropped() {
        var (lease, now) = asking()
        let late = lease.granted(grant(5, left: 800), quota: quota, sentAt: now, at: now + 100_000_000, random: 0)
        #expect(late == 5)
        #expect(lease.held(at: now + 100_000_000) == 0)
        #expect(lease.granted(grant(5, left: 800), quota: quota, sentAt: now, at: now, random: 0) == 5, "nobody asked")
    }

    /// limits.md 20: an empty bucket is not asked again before its next token, or 5 ms.
    @Test func anEmptyBucketIsLeftAlone() {
        var (lease, now) = asking()
        _ = lease.granted(grant(0, left: 0), quota: quota, sentAt: now, at: now, random: 0)
        #expect(lease.take(1, at: now + 1_000_000) == .refuse)
        #expect(lease.take(1, at: now + 3_000_000) == .refuse)
        #expect(lease.take(1, at: now + 10_000_000) == .exact)
    }

    /// A cost that did not fit says nothing of a smaller one.
    @Test func aSmallerCostIsNotRefusedForALargerOne() {
        var (lease, now) = asking()
        _ = lease.granted(grant(0, left: 3), quota: quota, sentAt: now, at: now, random: 0)
        lease.refused(
            5, arrival: grant(0, left: 3).arrival, storeNow: 5_000_000, quota: quota, sentAt: now, at: now, random: 0)
        #expect(lease.take(5, at: now + 100_000) == .refuse)
        #expect(lease.take(1, at: now + 100_000) != .refuse)
    }

    @Test func whatIsGivenBackCanBeSpentUntilItsOwnEnd() throws {
        var (lease, now) = asking()
        _ = lease.granted(grant(5, left: 800), quota: quota, sentAt: now, at: now, random: 0)
        guard case .spend(let until) = lease.take(5, at: now) else { throw NotSpent() }
        #expect(lease.held(at: now) == 0)
        lease.giveBack(5, until: until, at: now)
        #expect(lease.held(at: until - 1) == 5)
        #expect(lease.held(at: until) == 0)
        guard case .spend = lease.take(5, at: now) else { throw NotSpent() }
        lease.giveBack(5, until: until, at: until)
        #expect(lease.held(at: now) == 0, "it had expired")
    }

    /// limits.md 22: what the store had left at its last answer and the lease's own, however long ago within its life.
    @Test func whatRemainsIsNeverOverstated() throws {
        var (lease, now) = asking()
        _ = lease.granted(grant(5, left: 500), quota: quota, sentAt: now, at: now, random: 0)
        for spent in 1...5 as ClosedRange<Int64> {
            let at = now + UInt64(spent) * 10_000_000
            guard case .spend = lease.take(1, at: at) else { throw NotSpent() }
            let storeNow = lease.storeTime(at: at)
            let reading = lease.reading(quota, at: storeNow)
            let result = LimitResult(arrival: reading.arrival, quota: quota, cost: 1, now: storeNow)
            #expect(result.remaining == 505 - spent)
        }
    }

    /// limits.md 18: only what is worth more than its age goes back.
    @Test func whatTheStoreWouldNotCreditStays() {
        var (lease, now) = asking()
        _ = lease.granted(grant(5, left: 500), quota: quota, sentAt: now, at: now, random: 0)
        var returns: ContiguousArray<LeaseReturn> = []
        lease.release(quota: quota, at: now + 6_000_000, all: false, into: &returns)
        #expect(returns.isEmpty)
        #expect(lease.held(at: now + 6_000_000) == 5)
        lease.release(quota: quota, at: now + 4_000_000, all: false, into: &returns)
        #expect(
            Array(returns) == [LeaseReturn(key: lease.key, limit: 0, tokens: 5, grantedAtMicros: 5_000_000)])
        #expect(lease.held(at: now + 4_000_000) == 0)
    }
}
