import Domain
import Testing

@testable import Limits

/// The table beside a dictionary, and its bounds.
@Suite struct LeaseTableTests {
    let table = LimitTable([
        Limit(
            name: "leased", kind: .subject, quota: quota(1_000, per: 1, burst: 900), enforced: true,
            lease: LeaseTerms(lifetimeMicros: 100_000)),
        limit("exact", quota(10, per: 1)),
    ])

    private func leases(capacity: Int = LeaseTable.capacity) -> LeaseTable {
        var none: ContiguousArray<LeaseReturn> = []
        var leases = LeaseTable(seed: 7, capacity: capacity)
        leases.adopt(table, at: 0, into: &none)
        return leases
    }

    private func spend(_ charges: Charge...) -> Spend {
        let spend = Spend { _ in }
        spend.table = table
        spend.charges = ContiguousArray(charges)
        spend.begin()
        return spend
    }

    /// Leases come and go at random, and every one of them is found, and no other.
    @Test func isADictionary() {
        var leases = leases()
        var known: Set<BucketKey> = []
        var chance = Seeded(state: 3)
        for _ in 0..<60_000 {
            let charge = charge(table, 0, owner: chance.next() % 6_000)
            let place = leases.find(charge.key)
            #expect((place >= 0) == known.contains(charge.key))
            if place >= 0 {
                #expect(leases.leases[place].key == charge.key)
                leases.remove(place)
                known.remove(charge.key)
            } else if leases.place(of: charge) >= 0 {
                known.insert(charge.key)
            } else {
                #expect(known.count == LeaseTable.capacity)
            }
            #expect(leases.count == known.count)
        }
        #expect(known.allSatisfy { leases.find($0) >= 0 })
    }

    @Test func whatFindsNoPlaceIsServedExact() {
        var leases = leases(capacity: 1)
        #expect(leases.reserve(spend(charge(table, 0, owner: 1)), at: 1) == .undecided)
        let second = spend(charge(table, 0, owner: 2))
        #expect(leases.reserve(second, at: 1) == .undecided)
        #expect(second.charges[0].leasedUntil == Charge.notLeased, "the deny cache may remember it")
        #expect(leases.tallies.tableFull == 1)
    }

    @Test func whoIsNotAskedForLeaves() {
        var leases = leases()
        var returns: ContiguousArray<LeaseReturn> = []
        _ = leases.reserve(spend(charge(table, 0)), at: 1_000)
        leases.sweep(at: LeaseTable.forgetAfter, into: &returns)
        #expect(leases.count == 1)
        leases.sweep(at: LeaseTable.forgetAfter + 1_000, into: &returns)
        #expect(leases.isEmpty)
    }

    @Test func limitsWithoutLeasesAreLeftToTheStore() {
        var leases = leases()
        let both = spend(charge(table, 1), charge(table, 0))
        #expect(leases.reserve(both, at: 1) == .undecided)
        #expect(both.charges[0].leasedUntil == Charge.notLeased)
        #expect(both.charges[1].leasedUntil == Charge.dry)
    }
}
