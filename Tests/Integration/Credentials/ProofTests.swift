import Testing

extension Live {
    /// DPoP (RFC 9449) with ES256 keys of a library's making, against replicas that share a Redis.
    @Suite(.serialized, .needs(.python, .redisServer))
    struct ProofTests {
        private static let path = "/invoke/a"
        private static let url = "https://\(CheckDialect.host)\(path)"
        private static let burst = 20

        private static func configuration(_ jose: JOSE, _ issuer: JOSE.Key, _ redis: Redis, _ dpop: String) throws
            -> String
        {
            """
            redis: {url: "\(redis.url)", deadline_ms: 5000, on_failure: closed}
            auth:
              mode: jwt
              failed_credentials: {enabled: false}
              rate_limit_backend: redis
              rate_limits: {default: \(burst)/day}
            \(try jose.section(issuer, ["dpop: \(dpop)"]))
            """
        }

        private static func headers(_ token: String, _ proofs: [String], scheme: String = "DPoP")
            -> [HTTPClient.Header]
        {
            [("Authorization", "\(scheme) \(token)")] + proofs.map { ("DPoP", $0) }
        }

        /// A client with a key, an issuer that bound a token to it, and two replicas.
        private struct Scene {
            let jose: JOSE
            let issuer, client: JOSE.Key
            let bound, free: String
            let redis: Redis
            let replicas: [Postern]

            init(dpop: String = "accept", replicas count: Int = 2) throws {
                jose = JOSE(scratch: try ScratchFolder())
                (issuer, client) = (try jose.key(), try jose.key())
                let binding = ["cnf": ["jkt": client.thumbprint]]
                let tokens = try jose.tokens([JOSE.claims(binding), JOSE.claims()], by: issuer)
                (bound, free) = (tokens[0], tokens[1])
                redis = try Redis()
                let text = try ProofTests.configuration(jose, issuer, redis, dpop)
                replicas = try (0..<count).map { _ in try Postern(text) }
                for postern in replicas {
                    let isUp = try eventually(within: 10) { try postern.metrics().sum("postern_store_up") == 1 }
                    guard isUp else { throw HarnessFailure("Redis was not found") }
                }
            }

            func proofs(_ count: Int = 1, _ claims: [String: Any] = [:]) throws -> [String] {
                try jose.proofs(count, "GET", ProofTests.url, token: bound, by: client, claims: claims)
            }

            func ask(_ replica: Int, _ proofs: [String], _ dialect: CheckDialect = .envoy) throws -> HTTPAnswer {
                try dialect.ask(replicas[replica].port, "GET", ProofTests.path, ProofTests.headers(bound, proofs))
            }

            /// What is left of the subject's limit, as an allow says it.
            func left(_ answer: HTTPAnswer) -> Int? { answer["X-RateLimit-Remaining"].flatMap { Int($0) } }
        }

        @Test func acceptsAProofOnceInAllReplicas() throws {
            let scene = try Scene()
            let proofs = try scene.proofs(CheckDialect.allCases.count + 1)
            var left = Self.burst
            for (proof, dialect) in zip(proofs, CheckDialect.allCases) {
                let first = try scene.ask(0, [proof], dialect)
                left -= 1
                #expect(first.status == 200 && scene.left(first) == left, "\(dialect) \(first.text)")
                for replica in [1, 0] {
                    let again = try scene.ask(replica, [proof], dialect)
                    #expect(dialect.status(of: again) == 401, "\(dialect) at \(replica)")
                    #expect(dialect.reason(of: again) == "proof_replayed", "\(dialect) at \(replica)")
                    #expect(again["WWW-Authenticate"]?.contains("DPoP") == true, "\(dialect) at \(replica)")
                }
            }
            // Each of the replays would have taken one.
            let last = try scene.ask(1, [try #require(proofs.last)])
            #expect(last.status == 200 && scene.left(last) == left - 1)
        }

        /// Fifty at once with one proof, at two replicas: one of them.
        @Test func acceptsAProofOnceInACrowd() throws {
            let scene = try Scene()
            let proof = try scene.proofs()
            let clients = try scene.replicas.flatMap { try Crowd.clients(25, port: $0.port) }
            let answers = try Crowd.ask(clients) { client, _ in
                try CheckDialect.envoy.send(client, "GET", Self.path, Self.headers(scene.bound, proof))
            }
            #expect(answers.count { $0?.status == 200 } == 1)
            #expect(answers.count { $0?.reason == "proof_replayed" } == 49)
            let next = try scene.ask(0, try scene.proofs())
            #expect(scene.left(next) == Self.burst - 2)
        }

        @Test func refusesABoundTokenWithoutItsProof() throws {
            let scene = try Scene(replicas: 1)
            let stranger = try scene.jose.key()
            let other = try scene.jose.tokens([JOSE.claims(["sub": "bob"])], by: scene.issuer)[0]
            let good = try scene.proofs(4)
            func proof(_ method: String = "GET", _ url: String = Self.url, token: String? = nil) throws -> String {
                try scene.jose.proofs(1, method, url, token: token ?? scene.bound, by: scene.client)[0]
            }
            let cases: [(String, [HTTPClient.Header], String)] = [
                ("as a bearer", Self.headers(scene.bound, [], scheme: "Bearer"), "proof_missing"),
                ("as a bearer with its proof", Self.headers(scene.bound, [good[0]], scheme: "Bearer"), "proof_missing"),
                ("no proof", Self.headers(scene.bound, []), "proof_missing"),
                ("two proofs", Self.headers(scene.bound, [good[1], good[2]]), "proof_invalid"),
                ("another method", Self.headers(scene.bound, [try proof("POST")]), "proof_invalid"),
                ("another path", Self.headers(scene.bound, [try proof("GET", Self.url + "b")]), "proof_invalid"),
                (
                    "another host", Self.headers(scene.bound, [try proof("GET", "https://x.test\(Self.path)")]),
                    "proof_invalid"
                ),
                ("for another token", Self.headers(scene.bound, [try proof(token: other)]), "proof_invalid"),
                (
                    "of another key",
                    Self.headers(
                        scene.bound, try scene.jose.proofs(1, "GET", Self.url, token: scene.bound, by: stranger)),
                    "proof_invalid"
                ),
                (
                    "an hour old", Self.headers(scene.bound, try scene.proofs(1, ["iat": 1_700_000_000])),
                    "proof_invalid"
                ),
                ("an unbound token as DPoP", Self.headers(scene.free, [good[3]]), "proof_invalid"),
            ]
            for (name, headers, reason) in cases {
                let answer = try CheckDialect.envoy.ask(scene.replicas[0].port, "GET", Self.path, headers)
                #expect(answer.status == 401 && answer.reason == reason, "\(name): \(answer.text)")
            }
            let free = try CheckDialect.envoy.ask(
                scene.replicas[0].port, "GET", Self.path, Self.headers(scene.free, [], scheme: "Bearer"))
            #expect(free.status == 200 && scene.left(free) == Self.burst - 1, "none of the above has spent anything")
        }

        @Test func requiresABoundTokenWhereConfigured() throws {
            let scene = try Scene(dpop: "require", replicas: 1)
            let free = try CheckDialect.envoy.ask(
                scene.replicas[0].port, "GET", Self.path, Self.headers(scene.free, [], scheme: "Bearer"))
            #expect(free.status == 401)
            #expect(try scene.ask(0, try scene.proofs()).status == 200)
        }

        /// Through the shipped files: the proof gets as far as Postern, and neither it nor the token any farther.
        @Test(.needs(.envoy, .nginx, .caddy), arguments: ProxyKind.allCases)
        func passesThroughTheProxy(_ kind: ProxyKind) throws {
            let jose = JOSE(scratch: try ScratchFolder())
            let (issuer, client) = (try jose.key(), try jose.key())
            let token = try jose.tokens([JOSE.claims(["cnf": ["jkt": client.thumbprint]])], by: issuer)[0]
            let redis = try Redis()
            let gateway = try Gateway(kind, configuration: try Self.configuration(jose, issuer, redis, "accept"))
            // The client speaks to the proxy in the clear here; the URL it asks for is what counts.
            let proofs = try jose.proofs(2, "GET", "http://\(CheckDialect.host)\(Self.path)", token: token, by: client)
            let answer = try gateway.ask("GET", "\(Self.path)?q=1", Self.headers(token, [proofs[0]]))
            #expect(answer.status == 200, "\(answer.text)")
            let request = try #require(gateway.agent.requests.first)
            #expect(request.all("X-Auth-User-Id") == ["alice"])
            for (name, value) in request.head.headers {
                #expect(!value.contains(token) && !value.contains(proofs[0]), "\(name)")
            }
            let again = try gateway.ask("GET", Self.path, Self.headers(token, [proofs[0]]))
            #expect(again.status == 401 && again.reason == "proof_replayed", "\(again.text)")
            let bearer = try gateway.ask("GET", Self.path, Self.headers(token, [proofs[1]], scheme: "Bearer"))
            #expect(bearer.status == 401 && bearer.reason == "proof_missing", "\(bearer.text)")
            #expect(bearer["WWW-Authenticate"]?.contains("DPoP") == true)
            #expect(try gateway.ask("GET", Self.path, Self.headers(token, [proofs[1]])).status == 200)
            #expect(gateway.agent.requests.count == 2)
        }
    }
}
