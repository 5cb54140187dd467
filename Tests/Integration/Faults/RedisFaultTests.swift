import Testing

extension Live {
    /// Redis frozen, thawed, killed and restarted under load, with each `on_failure` (limits.md 23 to 25).
    @Suite(.needs(.redisServer))
    struct RedisFaultTests {
        @Test(arguments: FaultyMode.allCases)
        func answersAsConfiguredAndRecovers(_ mode: FaultyMode) throws {
            let run = try FaultRun(mode)
            try run.play()
            let answers = try run.load.stop()

            // Whatever happens to Redis, everybody is answered.
            #expect(Set(answers.statuses.keys).isSubset(of: [200, mode.status]), "\(answers.statuses)")
            for stretch in run.healthy {
                let asked = answers.within(stretch.start, stretch.end)
                #expect(!asked.isEmpty)
                if mode != .local { #expect(asked.allSatisfy { $0.status == 200 }, "\(asked.statuses)") }
            }
            for stretch in run.outages {
                let asked = answers.within(stretch.start, stretch.end)
                #expect(!asked.isEmpty)
                if mode != .local { #expect(asked.allSatisfy { $0.status == mode.status }, "\(asked.statuses)") }
            }
            expectProblem(run, mode)
            try expectInTime(run)
            if mode == .local { expectWithinShare(run, answers) }
            #expect(try run.decided(mode) > 0)
        }

        /// By Postern's own clock: the machine may stall a client, and a test of that is a test of the machine.
        private func expectInTime(_ run: FaultRun) throws {
            let metrics = try run.postern.metrics()
            for name in ["postern_check_duration_seconds", "postern_store_wait_seconds"] {
                #expect(metrics.sum("\(name)_count") > 0)
                #expect(metrics.observations(of: name, above: FaultRun.slowest) == 0, "\(name)")
            }
        }

        private func expectProblem(_ run: FaultRun, _ mode: FaultyMode) {
            guard mode == .closed || mode == .defer, let refusal = run.load.last(mode.status) else {
                #expect(mode == .open || mode == .local, "nobody was refused")
                return
            }
            let type = refusal.json["type"] as? String
            #expect(type == "https://iana.org/assignments/http-problem-types#temporary-reduced-capacity")
            #expect(refusal.json["status"] as? Int == mode.status)
            #expect(refusal["Retry-After"] == "1")
        }

        /// The local share: one of `replicas`. It serves, and both outages together mint no more than one share's
        /// burst, because what was spent in the first is remembered in the second.
        private func expectWithinShare(_ run: FaultRun, _ answers: [Load.Answer]) {
            let rate = FaultRun.rate / FaultRun.replicas
            let burst = FaultRun.burst / FaultRun.replicas
            var both = 0
            for stretch in run.outages {
                let admitted = answers.within(stretch.start, stretch.end).count(200)
                let share = rate * (stretch.end - stretch.start)
                both += admitted
                #expect(Double(admitted) <= burst + share)
                #expect(Double(admitted) >= 0.8 * share - 1)
            }
            let time = run.outages[run.outages.count - 1].end - run.outages[0].start
            #expect(Double(both) <= burst + rate * time)
        }
    }
}
