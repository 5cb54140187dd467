import Testing

extension Live {
    /// Calls are bounded (limits.md 9): the engine's slow log stays empty.
    @Suite(.needs(.redisServer))
    struct SlowLogTests {
        private static let microseconds = 1_000
        /// The log measures by the wall clock: a machine that takes the processor away while a script runs fills it too.
        /// A call that is slow by itself is slow every time.
        private static let tries = 3

        @Test func holdsNothingAboveAMillisecond() throws {
            let scratch = try ScratchFolder()
            let engine = try EngineServer(
                .redisServer, ["slowlog-log-slower-than \(Self.microseconds)"], scratch: scratch)
            var terms = EngineRun.Terms()
            terms.subjects = 200
            terms.wide = EngineRun.Bucket(rate: 1_000, burst: 2_000, isLeased: true)
            terms.processes = 1
            terms.threads = 48
            var found: [EngineReply] = []
            for _ in 0..<Self.tries {
                // What is measured is the calls of the checks, not loading the script.
                let run = try EngineRun("url: \"\(engine.url)\"", terms)
                #expect(try engine.command("SLOWLOG", "RESET") == .text("OK"))
                pause(seconds: 1)
                found = try engine.command("SLOWLOG", "GET", "10").list
                let answers = try run.finish(isOutage: false)
                #expect(answers.count > 500)
                if found.isEmpty { return }
            }
            Issue.record("slow in \(Self.tries) tries of \(Self.tries): \(found)")
        }
    }
}
