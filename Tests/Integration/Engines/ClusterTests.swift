import Testing

extension Live {
    /// A cluster of six nodes that changes while it is used (limits.md 13, 23, 26, 31).
    @Suite(.needs(.redisServer), .needs(commands: "redis-cli"))
    struct ClusterTests {
        /// Slots leave a master under load and come to another: nobody is refused for it, and no bucket is doubled.
        @Test func losesNothingWhileItIsResharded() throws {
            let cluster = try EngineCluster()
            var terms = EngineRun.Terms()
            terms.subjects = 40
            terms.wide = EngineRun.Bucket(rate: 400, burst: 800, isLeased: true)
            let run = try EngineRun(cluster.yaml, terms)
            pause(seconds: 0.5)
            let masters = cluster.masters()
            for (source, target) in [(0, 1), (1, 2), (2, 0)] {
                try cluster.reshard(3_000, from: masters[source], to: masters[target])
            }
            pause(seconds: 0.5)
            let answers = try run.finish(isOutage: false)
            run.expectWithinLimits(answers)
            let redirected = try run.posterns.reduce(0) { try $0 + $1.metrics().sum("postern_store_redirects_total") }
            #expect(redirected > 0, "nothing that was used has moved")
        }

        /// A slot that nobody serves refuses its own checks only, and is found again when it is served.
        @Test func refusesOnlyWhatNobodyServes() throws {
            let cluster = try EngineCluster(.redisServer, ["cluster-require-full-coverage no"])
            let run = try EngineRun(cluster.yaml)
            pause(seconds: 0.5)
            let victim = try #require(cluster.masters().first)
            let slots = try #require(try ownSlots(of: victim, in: cluster))
            for node in cluster.nodes { _ = try node.command("CLUSTER", "DELSLOTSRANGE", slots.0, slots.1) }
            pause(seconds: 1)
            let end = monotonicSeconds()
            #expect(try victim.command("CLUSTER", "ADDSLOTSRANGE", slots.0, slots.1) == .text("OK"))
            let isServed = try eventually(within: 10) {
                try cluster.masters().allSatisfy { try ownSlots(of: victim, in: cluster, askedOf: $0) != nil }
            }
            #expect(isServed)
            let since = monotonicSeconds()
            run.awaitRecovery()
            let answers = try run.finish(isOutage: true)
            let during = answers.within(end - 0.7, end)
            #expect(during.count(403) > 0, "a third of the slots was not served")
            let refused = Set(during.filter { $0.status == 403 }.map(\.request))
            let served = Set(during.filter { $0.status != 403 }.map(\.request))
            #expect(refused.isDisjoint(with: served), "each subject has one slot: \(refused.intersection(served))")
            #expect(!served.isEmpty)
            run.expectRecovered(answers, since: since)
            run.expectWithinLimits(answers)
        }

        /// First and last slot of a master, as it or another node sees it.
        private func ownSlots(
            of master: EngineServer, in cluster: EngineCluster, askedOf node: EngineServer? = nil
        ) throws -> (String, String)? {
            let ranges = try (node ?? master).command("CLUSTER", "SLOTS").list.map(\.list)
            let own = ranges.first { $0.count > 2 && $0[2].list.dropFirst().first == .number(Int(master.port)) }
            guard let own, let first = own[0].number, let last = own[1].number else { return nil }
            return ("\(first)", "\(last)")
        }

        /// A master is killed while every bucket is being emptied. What its replica had not heard of is given out again,
        /// and nothing more; the other masters' checks are decided throughout.
        @Test func losesOnlyTheLastWritesOfAKilledMaster() throws {
            let cluster = try EngineCluster(.redisServer, ["cluster-require-full-coverage no"])
            let victim = try #require(cluster.masters().first)
            let replica = try cluster.replica(of: victim)
            let failover = try Failover(cluster.yaml, victim: victim, isCut: true) {
                try replica.command("ROLE").list.first == .text("master")
                    && replica.command("CLUSTER", "INFO").field("cluster_state") == "ok"
            }
            try failover.play()
            failover.expectOthersServed()
        }
    }
}
