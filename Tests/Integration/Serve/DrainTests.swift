import Glibc
import Testing

extension Live {
    /// The end of a process: not ready, no answer lost, nothing cut off (gate.md 21).
    struct DrainTests {
        private static let drainSeconds = 5
        private static let open = "drain_seconds: \(drainSeconds)\nauth: {mode: none}\n"

        @Test(arguments: [SIGTERM, SIGINT])
        func finishesWhatIsInFlight(_ signal: Int32) throws {
            let postern = try Postern(Self.open)
            let idle = try HTTPClient(port: postern.port)
            #expect(try idle.request("GET", "/envoy/a").status == 200)
            let busy = try HTTPClient(port: postern.port)
            let document = Array(#"{"method":"GET","path":"/a","headers":{}}"#.utf8)
            let head = "POST /v1/check HTTP/1.1\r\nHost: a\r\nContent-Length: \(document.count)\r\n\r\n"
            try busy.connection.send(Array(head.utf8) + document.prefix(5))
            #expect(try eventually(within: 2) { try postern.metrics().sum("postern_connections") == 2 })

            postern.program.signal(signal)
            #expect(eventually(within: 2) { postern.readiness == 503 })
            #expect(postern.program.isRunning)
            #expect(!TCPConnection.accepts(postern.port), "no new connections")
            // A proxy may have sent on a kept connection before it knew.
            let last = try idle.request("GET", "/envoy/a")
            #expect(last.status == 200)
            #expect(last["Connection"] == "close")
            #expect(try idle.connection.receive().isEmpty, "and it is closed")
            idle.connection.shutDown()

            try busy.connection.send(Array(document.dropFirst(5)))
            let answer = try busy.answer(to: "POST")
            #expect(answer.status == 200)
            #expect(answer["Connection"] == "close")
            busy.connection.shutDown()
            #expect(postern.program.exitStatus(within: Double(Self.drainSeconds)) == 0)
            #expect(postern.program.output.contains("stopped"))
        }

        /// A check that waits for Redis is answered too, by the failure mode at the latest.
        @Test(.needs(.redisServer)) func answersWhatWaitsForRedis() throws {
            let redis = try Redis()
            let postern = try Postern(
                """
                drain_seconds: \(Self.drainSeconds)
                redis: {url: "\(redis.url)", deadline_ms: 1000, on_failure: defer}
                auth: {mode: none, rate_limit_backend: redis}
                limits:
                  - {name: all, per: global, rate: 100/second}
                """)
            #expect(try eventually(within: 5) { try postern.metrics().sum("postern_store_up") == 1 })
            let client = try HTTPClient(port: postern.port)
            redis.freeze()
            defer { redis.thaw() }
            try client.send("GET", "/envoy/a")
            #expect(try eventually(within: 2) { try postern.metrics().sum("postern_store_checks_sent_total") == 1 })
            postern.program.signal(SIGTERM)
            let answer = try client.answer(to: "GET")
            #expect(answer.status == 503)
            #expect(answer["Connection"] == "close")
            client.connection.shutDown()
            #expect(postern.program.exitStatus(within: Double(Self.drainSeconds)) == 0)
        }

        @Test func leavesAtOnceWhenNobodyIsConnected() throws {
            let postern = try Postern(Self.open)
            postern.program.signal(SIGTERM)
            #expect(postern.program.exitStatus(within: 1) == 0)
        }

        /// A client that never finishes does not hold the process beyond `drain_seconds`.
        @Test func doesNotWaitLongerThanItMay() throws {
            let postern = try Postern("drain_seconds: 1\nauth: {mode: none}\n")
            let slow = try TCPConnection(port: postern.port)
            try slow.send(Array("GET /envoy/a HTTP/1.1\r\nHost:".utf8))
            #expect(try eventually(within: 2) { try postern.metrics().sum("postern_connections") == 1 })
            let start = monotonicSeconds()
            postern.program.signal(SIGTERM)
            #expect(postern.program.exitStatus(within: 3) == 0)
            #expect(monotonicSeconds() - start > 0.9, "it had its time")
        }

        /// Draining under load: everybody who was let in is answered, and the last answer says so.
        @Test func losesNoAnswerUnderLoad() throws {
            let postern = try Postern(Self.open)
            let load = Load(ports: [postern.port], threads: 4, requests: [LoadRequest(target: "/envoy/a", key: "none")])
            #expect(eventually(within: 5) { load.answers.count > 100 })
            postern.program.signal(SIGTERM)
            #expect(postern.program.exitStatus(within: Double(Self.drainSeconds)) == 0)
            #expect(load.unanswered == 0)
            try load.stop()
        }
    }
}
