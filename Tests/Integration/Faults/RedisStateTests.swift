import Testing

extension Live {
    /// Redis in other states than up and down: not there yet, without our script, set to forget.
    @Suite(.needs(.redisServer))
    struct RedisStateTests {
        private static let key = "state-test-key-0001"
        private static let requests = [LoadRequest(target: "/envoy/invoke", key: key)]

        private func configuration(_ redis: Redis, _ mode: FaultyMode) -> String {
            """
            redis: {url: "\(redis.url)", deadline_ms: 1000, on_failure: \(mode.rawValue)}
            auth:
              mode: api_key
              rate_limit_backend: redis
              api_keys:
                keys:
                  - {id: one, key: \(Self.key)}
              rate_limits: {default: 1000000/day}
            """
        }

        private func isUp(_ postern: Postern, within seconds: Double) throws -> Bool {
            try eventually(within: seconds) { try postern.metrics().sum("postern_store_up") == 1 }
        }

        /// Serves by its failure mode until Redis comes, and then finds it by itself.
        @Test func startsBeforeRedisAndFindsIt() throws {
            let redis = try Redis()
            redis.kill()
            let postern = try Postern(configuration(redis, .local))
            let client = try HTTPClient(port: postern.port)
            let first = try client.request("GET", "/envoy/invoke", [("X-API-Key", Self.key)])
            #expect(first.status == 200)
            #expect(try postern.metrics().sum("postern_store_up") == 0)
            try redis.restart()
            #expect(try isUp(postern, within: 2))
            let before = try postern.metrics().sum("postern_store_checks_sent_total")
            #expect(try client.request("GET", "/envoy/invoke", [("X-API-Key", Self.key)]).status == 200)
            #expect(try postern.metrics().sum("postern_store_checks_sent_total") == before + 1)
        }

        /// NOSCRIPT is known unspent: the script is loaded again and the call resent, and nobody notices (limits.md 23).
        @Test func losesNoCheckWhenTheScriptIsGone() throws {
            let redis = try Redis()
            let postern = try Postern(configuration(redis, .closed))
            #expect(try isUp(postern, within: 5))
            let admin = try RedisClock(port: redis.port)
            let load = Load(ports: [postern.port], threads: 4, requests: Self.requests)
            for _ in 0..<10 {
                pause(seconds: 0.05)
                try admin.command("SCRIPT FLUSH")
            }
            pause(seconds: 0.05)
            let answers = try load.stop()
            #expect(answers.statuses == [200: answers.count])
            let metrics = try postern.metrics()
            #expect(metrics.sum("postern_store_script_reloads_total") >= 10)
            #expect(metrics.sum("postern_store_reconnects_total") == 0, "the breaker did not open")
            // Each check spent one token, once: what is left says so, but for what has come back meanwhile.
            let client = try HTTPClient(port: postern.port)
            let last = try client.request("GET", "/envoy/invoke", [("X-API-Key", Self.key)])
            let left = try #require(last["X-RateLimit-Remaining"].flatMap { Int($0) })
            let spent = 1_000_000 - left
            #expect(spent <= answers.count + 1)
            #expect(spent >= answers.count + 1 - 12 * 10, "no more than ten seconds' tokens have come back")
        }

        /// A Redis that may drop buckets serves, and is named (limits.md 26).
        @Test func warnsOfARedisThatMayForget() throws {
            let redis = try Redis()
            try RedisClock(port: redis.port).command("CONFIG SET maxmemory-policy allkeys-lru")
            let postern = try Postern(configuration(redis, .closed))
            #expect(try isUp(postern, within: 5))
            let answer = try HTTPClient.once(port: postern.adminPort, "GET", "/readyz")
            #expect(answer.status == 200)
            #expect((answer.json["warnings"] as? [String])?.first?.contains("noeviction") == true, "\(answer.text)")
        }

        /// A Redis that is full refuses writes: a failure by its configured mode, until it has room again.
        @Test func treatsAFullRedisAsAFailure() throws {
            let redis = try Redis()
            let postern = try Postern(configuration(redis, .defer))
            #expect(try isUp(postern, within: 5))
            let admin = try RedisClock(port: redis.port)
            let client = try HTTPClient(port: postern.port)
            try admin.command("CONFIG SET maxmemory 1")
            #expect(try client.request("GET", "/envoy/invoke", [("X-API-Key", Self.key)]).status == 503)
            #expect(eventually(within: 2) { postern.readiness == 503 })
            let body = try HTTPClient.once(port: postern.adminPort, "GET", "/readyz").text
            #expect(body.contains("out of memory"), "\(body)")
            try admin.command("CONFIG SET maxmemory 0")
            #expect(try isUp(postern, within: 2))
            #expect(try client.request("GET", "/envoy/invoke", [("X-API-Key", Self.key)]).status == 200)
        }
    }
}
