import Testing

extension Live {
    /// One node and everything that is done to it while it serves: no bucket gives more than burst and rate, whatever
    /// happens, and two seconds later Redis decides again (limits.md 23 to 26, 31).
    @Suite struct SingleNodeFaultTests {
        struct Scene: Sendable, CustomTestStringConvertible {
            var tool: Tool
            var isLeased: Bool
            var testDescription: String { "\(tool.rawValue), \(isLeased ? "leased" : "exact")" }
        }

        static let scenes = Tool.engines.flatMap { tool in
            [false, true].map { Scene(tool: tool, isLeased: $0) }
        }

        /// Few subjects with great limits: each worker's demand must be worth a lease.
        private func terms(isLeased: Bool) -> EngineRun.Terms {
            var terms = EngineRun.Terms()
            terms.narrow = EngineRun.Bucket(rate: 200, burst: 400, isLeased: isLeased)
            terms.subjects = 3
            terms.pauseSeconds = 0.002
            return terms
        }

        @Test(.needs(.redisServer, .valkeyServer), arguments: scenes)
        func keepsEveryLimitThroughEveryFault(_ scene: Scene) throws {
            let scratch = try ScratchFolder()
            let engine = try EngineServer(scene.tool, scratch: scratch)
            let run = try EngineRun("url: \"\(engine.url)\"", terms(isLeased: scene.isLeased), clockPort: engine.port)
            pause(seconds: 0.5)
            for _ in 0..<3 {
                #expect(try engine.command("SCRIPT", "FLUSH") == .text("OK"))
                pause(seconds: 0.1)
                #expect(try engine.command("CONFIG", "REWRITE") == .text("OK"))
                pause(seconds: 0.1)
            }
            let outage = monotonicSeconds()
            var recoveries: [(since: Double, until: Double)] = []
            for fault in [cutConnections, sleep, freeze] {
                try fault(engine)
                let since = monotonicSeconds()
                run.awaitRecovery()
                recoveries.append((since, monotonicSeconds()))
            }
            let answers = try run.finish(isOutage: true)
            let before = answers.filter { $0.received < outage }
            #expect(before.count(403) == 0, "forgotten scripts and a rewritten configuration cost no check")
            for recovery in recoveries {
                run.expectRecovered(answers, since: recovery.since, until: recovery.until)
            }
            run.expectWithinLimits(answers)
            let leased = try run.posterns.reduce(0) { try $0 + $1.metrics().sum("postern_lease_admitted_total") }
            #expect((leased > 0) == scene.isLeased, "\(leased) were admitted from leases")
        }

        private func cutConnections(_ engine: EngineServer) throws {
            #expect((try engine.command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes").number ?? 0) > 0)
        }

        /// Returns when it is over.
        private func sleep(_ engine: EngineServer) throws {
            #expect(try engine.command("DEBUG", "SLEEP", "0.7") == .text("OK"))
        }

        private func freeze(_ engine: EngineServer) {
            engine.freeze()
            pause(seconds: 0.7)
            engine.thaw()
        }

        /// A flushed bucket is a full one: one burst more for each flush, and nothing else (limits.md 26).
        @Test(.needs(.redisServer), arguments: [false, true])
        func grantsOneBurstForEachFlush(isLeased: Bool) throws {
            let scratch = try ScratchFolder()
            let engine = try EngineServer(.redisServer, scratch: scratch)
            let run = try EngineRun("url: \"\(engine.url)\"", terms(isLeased: isLeased), clockPort: engine.port)
            pause(seconds: 1.5)
            for _ in 0..<2 {
                #expect(try engine.command("FLUSHALL") == .text("OK"))
                pause(seconds: 1.5)
            }
            let answers = try run.finish(isOutage: false)
            run.expectWithinLimits(answers, lost: { _ in 2 * run.terms.narrow.burst })
            // And the flushes were seen: without them a bucket would not have given as much.
            let admitted = answers.filter { $0.status == 200 && $0.request == 0 }
            let worst = WindowOracle.worst(admitted, rate: run.terms.narrow.rate)
            #expect(worst.excess > run.terms.narrow.burst, "\(worst)")
        }
    }
}

extension Tool {
    /// The engines that are found here, or all of them where a missing one is a failure.
    static var engines: [Tool] { [.redisServer, .valkeyServer] }
}
