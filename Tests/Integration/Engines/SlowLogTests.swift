import Glibc
import Testing

extension Live {
    /// Calls are bounded (limits.md 9): the engine's slow log stays empty, however many checks come at once.
    @Suite(.needs(.redisServer))
    struct SlowLogTests {
        private static let microseconds = 1_000
        private static let subjects = 128
        private static let waves = 20
        /// Of one call.
        private static let bucketsMax = 32
        /// The log goes by the wall clock, which a machine with other work lets run between two steps of a script.
        /// A call that is slow by itself is slow in every try.
        private static let tries = 5

        @Test func holdsNothingAboveAMillisecond() throws {
            let scratch = try ScratchFolder()
            let engine = try EngineServer(
                .redisServer, ["slowlog-log-slower-than \(Self.microseconds)"], scratch: scratch)
            // What the log is for is in it.
            #expect(try engine.command("DEBUG", "SLEEP", "0.002") == .text("OK"))
            #expect(try engine.command("SLOWLOG", "LEN").number == 1)

            let postern = try Postern(Self.configuration(engine))
            let clients = try (0..<Self.subjects).map { _ in try HTTPClient(port: postern.port) }
            // What is measured is the calls of checks, not loading their script.
            try Self.wave(clients, postern)
            var found: [EngineReply] = []
            for _ in 0..<Self.tries {
                #expect(try engine.command("SLOWLOG", "RESET") == .text("OK"))
                #expect(try engine.command("CONFIG", "RESETSTAT") == .text("OK"))
                for _ in 0..<Self.waves { try Self.wave(clients, postern) }
                let calls = try #require(try Self.calls(engine))
                // Every check asks, and its call is as good as full: either way less would prove little.
                #expect(calls >= Self.waves * Self.subjects / Self.bucketsMax)
                #expect(calls <= Self.waves * Self.subjects / 8)
                found = try engine.command("SLOWLOG", "GET", "10").list
                if found.isEmpty { return }
            }
            Issue.record("slow in \(Self.tries) tries of \(Self.tries): \(found)")
        }

        /// An exact bucket of each subject, and a leased one of all, that outlast all tries: what is known to be empty is
        /// refused without a call.
        private static func configuration(_ engine: EngineServer) -> String {
            """
            redis: {url: "\(engine.url)", deadline_ms: 2000, on_failure: closed}
            \(SharedQuota.auth(subjects))limits:
              - {name: narrow, per: subject, rate: 1000/second, burst: 2000}
              - {name: wide, per: tenant, rate: 20000/second, burst: 20000, precision: leased}

            """
        }

        /// Asks once on every connection. Postern stands still until all have asked: its calls are as full as calls
        /// get, and while the engine works on one nobody else wants the processor.
        private static func wave(_ clients: [HTTPClient], _ postern: Postern) throws {
            postern.program.signal(SIGSTOP)
            for (number, client) in clients.enumerated() {
                try client.send("GET", "/envoy/invoke", [("X-API-Key", SharedQuota.key(number))])
            }
            postern.program.signal(SIGCONT)
            for client in clients { #expect(try client.answer(to: "GET").status == 200) }
        }

        private static func calls(_ engine: EngineServer) throws -> Int? {
            let field = try engine.command("INFO", "commandstats").field("cmdstat_evalsha")
            return field?.split(separator: ",").first { $0.hasPrefix("calls=") }.flatMap { Int($0.dropFirst(6)) }
        }
    }
}
