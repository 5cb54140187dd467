import Foundation
import Testing

extension Live {
    /// Failed credentials per address (gate.md 12), known to all replicas through Redis.
    @Suite(.serialized, .needs(.python, .redisServer))
    struct ThrottleTests {
        private static let burst = 10
        private static let key = "listed-key-0123456789"
        private static let culprit = "198.51.100.7"

        private static func configuration(_ jose: JOSE, _ issuer: JOSE.Key, _ redis: Redis) throws -> String {
            """
            redis: {url: "\(redis.url)", deadline_ms: 5000}
            auth:
              mode: composite
              providers: [api_key, jwt]
              public_paths: [/public]
              # Refills too slowly for any test to see.
              failed_credentials: {rate: 1/hour, burst: \(burst)}
              rate_limit_backend: redis
              api_keys: {keys: [{id: listed, key: \(key)}]}
            \(try jose.section(issuer))
            """
        }

        private struct Scene {
            let jose: JOSE
            let issuer: JOSE.Key
            let replicas: [Postern]
            let redis: Redis

            init() throws {
                jose = JOSE(scratch: try ScratchFolder())
                issuer = try jose.key()
                redis = try Redis()
                let text = try ThrottleTests.configuration(jose, issuer, redis)
                replicas = try (0..<2).map { _ in try Postern(text) }
                for postern in replicas {
                    let isUp = try eventually(within: 10) { try postern.metrics().sum("postern_store_up") == 1 }
                    guard isUp else { throw HarnessFailure("Redis was not found") }
                }
            }

            func ask(
                _ replica: Int, _ token: String, from address: String = ThrottleTests.culprit,
                _ dialect: CheckDialect = .envoy
            ) throws -> HTTPAnswer {
                try dialect.ask(replicas[replica].port, "GET", "/a", Crowd.bearer(token), from: address)
            }

            /// Bad tokens, each its own, until this replica refuses to look at one: how many it looked at.
            func failUntilBlocked(_ replica: Int, from address: String = ThrottleTests.culprit) throws -> Int {
                for number in 0..<200 {
                    let answer = try ask(replica, ThrottleTests.forged(), from: address)
                    if answer.status == 429 { return number }
                    guard answer.status == 401 else { throw HarnessFailure("\(answer.status) \(answer.text)") }
                    // The charge is on its way to Redis and back.
                    pause(seconds: 0.02)
                }
                return 200
            }
        }

        /// Of the issuer, and signed by nobody.
        private static func forged() -> String {
            let claims = #"{"iss":"\#(JOSE.issuer)","aud":"agent","sub":"root","exp":9999999999,"n":"\#(UUID())"}"#
            return [#"{"alg":"ES256"}"#, claims, String(repeating: "x", count: 64)].map {
                Data($0.utf8).base64EncodedString().replacing("=", with: "").replacing("+", with: "-")
                    .replacing("/", with: "_")
            }.joined(separator: ".")
        }

        @Test func isSharedByReplicas() throws {
            let scene = try Scene()
            let tokens = try scene.jose.tokens(
                [JOSE.claims(), JOSE.claims(["sub": "bob"]), JOSE.claims(["sub": "eve"])], by: scene.issuer)
            #expect(try scene.ask(1, tokens[0]).status == 200, "remembered at the other one")

            let failures = try scene.failUntilBlocked(0)
            // Those of a moment may be under way when the last that counts has been charged.
            #expect(failures >= Self.burst && failures <= Self.burst + 5, "\(failures)")
            // The other has heard of nothing yet; its own next failure tells it.
            #expect(try scene.ask(1, Self.forged()).status == 401)
            // Not with a good token: one that is a moment early is remembered, and then never cold again.
            #expect(try eventually(within: 10) { try scene.ask(1, Self.forged()).status == 429 })
            #expect(try scene.ask(1, tokens[1]).status == 429)

            for (replica, postern) in scene.replicas.enumerated() {
                for dialect in CheckDialect.allCases {
                    let refused = try scene.ask(replica, tokens[2], dialect)
                    #expect(dialect.status(of: refused) == 429, "\(dialect) at \(replica)")
                    #expect(dialect.reason(of: refused) == "too_many_failures", "\(dialect) at \(replica)")
                    let seconds = refused["Retry-After"].flatMap { Int($0) } ?? 0
                    #expect((1...3_600).contains(seconds), "\(dialect) at \(replica): \(seconds)")
                }
                let listed = [("X-API-Key", Self.key)]
                let known = try CheckDialect.envoy.ask(postern.port, "GET", "/a", listed, from: Self.culprit)
                #expect(known.status == 200, "a listed key takes no cold work")
                let bearer = try scene.ask(replica, Self.key)
                #expect(bearer.status == 200, "wherever it is carried")
                let open = try CheckDialect.envoy.ask(
                    postern.port, "GET", "/public", Crowd.bearer(Self.forged()), from: Self.culprit)
                #expect(open.status == 200, "and a public path takes none")
                #expect(try scene.ask(replica, Self.forged(), from: "198.51.100.8").status == 401, "a neighbour")
                #expect(try postern.metrics().sum("postern_credential_checks_total", "outcome=\"throttled\"") >= 4)
            }
            #expect(try scene.ask(1, tokens[0]).status == 200, "remembered, and so not cold")
            #expect(try scene.ask(0, tokens[0]).status == 429, "not remembered here")
            #expect(try scene.ask(0, tokens[2], from: "198.51.100.9").status == 200)
        }

        /// An IPv6 client has a /64 to choose from.
        @Test func countsAnIPv6NetworkAsOne() throws {
            let scene = try Scene()
            _ = try scene.failUntilBlocked(0, from: "2001:db8::1")
            #expect(try scene.ask(0, Self.forged(), from: "2001:db8::ffff:2").status == 429)
            #expect(try scene.ask(0, Self.forged(), from: "2001:db8:0:1::1").status == 401)
        }

        /// gate.md 6: nobody is held to account for an address that nobody told.
        @Test func exemptsUnknownAddresses() throws {
            let scene = try Scene()
            for _ in 0..<Self.burst * 3 {
                let answer = try HTTPClient.once(
                    port: scene.replicas[0].port, "GET", "/envoy/a", Crowd.bearer(Self.forged()))
                #expect(answer.status == 401)
            }
            #expect(
                try scene.replicas[0].metrics().sum("postern_credential_checks_total", "outcome=\"throttled\"") == 0)
        }
    }
}
