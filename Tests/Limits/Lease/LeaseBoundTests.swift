import Testing

@testable import Limits

/// limits.md 17, 18, 31: whatever the demand, all workers together never admit more than burst + rate × t in any window.
@Suite struct LeaseBoundTests {
    @Test(arguments: 0..<UInt64(40)) func noWindowSeesMore(seed: UInt64) {
        var model = LeaseModel(LeaseBoundTests.terms(seed))
        model.run(steps: 12_000)
        #expect(model.oracle.excess == 0, "seed \(seed): \(model.oracle.excess) too many under \(model.terms)")
        #expect(model.admitted > 0)
    }

    /// The bound does not rest on workers that mean well.
    @Test(arguments: 0..<UInt64(60)) func noWorkersCanMakeItMore(seed: UInt64) {
        var adversary = LeaseAdversary(seed: seed, .none)
        adversary.run(moves: 4_000)
        #expect(adversary.oracle.excess == 0, "seed \(seed): \(adversary.oracle.excess) too many")
    }

    /// The same oracle notices each rule's absence.
    @Test(arguments: [LeaseAdversary.Canary.noHoldBack, .fullCredit, .lateUse])
    func theOracleNotices(canary: LeaseAdversary.Canary) {
        let caught = (0..<UInt64(10)).contains { seed in
            var adversary = LeaseAdversary(seed: seed, canary)
            adversary.run(moves: 4_000)
            return adversary.oracle.excess > 0
        }
        #expect(caught, "\(canary) went unnoticed")
    }

    /// Demand that comes and goes, of one worker or many, so that leases are taken full, grow old and go back.
    static func terms(_ seed: UInt64) -> LeaseModel.Terms {
        var chance = Seeded(state: seed &+ 77)
        var terms = LeaseModel.Terms()
        terms.seed = seed
        terms.rate = [200, 1_000, 4_000][Int(chance.next() % 3)]
        terms.burst = terms.rate * [1, 2, 4][Int(chance.next() % 3)]
        terms.workers = [1, 2, 4, 8][Int(chance.next() % 4)]
        let share = Double(terms.rate) / Double(terms.workers)
        terms.demand = [share * [1, 4, 12][Int(chance.next() % 3)], share / 10]
        terms.onOff = [0, 400, 1_200, 8_000][Int(chance.next() % 4)]
        terms.latency = [1, 4, 16][Int(chance.next() % 3)]
        return terms
    }
}
