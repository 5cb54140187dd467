import Testing

extension Live {
    /// `auth.mode: external` against a server of Python's.
    @Suite(.serialized, .needs(.python))
    struct ExternalAuthenticatorTests {
        private static let identity = """
            {"subject": "alice", "email": "alice@example.test", "name": "Alice Doe", "tenant": "acme", "key_id": "k7", \
            "issuer": "https://who.test", "roles": ["user"], "scopes": ["read"], "permissions": ["look"]}
            """
        private static let token = "an-opaque-token-of-alice"

        private static func configuration(
            _ server: AnsweringServer, _ external: String = "", onUndecidable: String = "deny"
        ) -> String {
            """
            auth:
              mode: composite
              providers: [api_key, external]
              on_undecidable: \(onUndecidable)
              public_paths: [/public]
              failed_credentials: {enabled: false}
              api_keys: {keys: [{id: listed, key: listed-key-0123456789, roles: [user]}]}
              external: {url: "\(server.url("/who"))", headers: [x-team], deadline_ms: 10000\(external)}
              roles: [{name: user, permissions: [invoke]}]
            routes:
              - {path: "/invoke/**", permissions: [invoke]}
              - {path: "/**"}
            """
        }

        @Test(arguments: AnsweringServer.Way.allCases)
        func becomesTheIdentityItIsTold(_ way: AnsweringServer.Way) throws {
            let server = try AnsweringServer(way)
            server.answer("/who", 200, Self.identity)
            let postern = try Postern(Self.configuration(server))
            let headers = Crowd.bearer(Self.token) + [("X-Team", "blue"), ("Cookie", "not=shared")]
            let answer = try CheckDialect.envoy.ask(postern.port, "POST", "/invoke/a?secret=1", headers)
            #expect(answer.status == 200, "\(answer.text)")
            for (name, value) in [
                ("User-Id", "alice"), ("Email", "alice@example.test"), ("Name", "Alice Doe"), ("Tenant-Id", "acme"),
                ("Key-Id", "k7"), ("Issuer", "https://who.test"), ("Roles", "user"), ("Scopes", "read"),
                ("Method", "external"),
            ] {
                #expect(answer["X-Auth-\(name)"] == value, "\(name)")
            }
            let permissions = Set((answer["X-Auth-Permissions"] ?? "").split(separator: ",").map(String.init))
            #expect(permissions == ["invoke", "look"])

            let asked = try server.taken()
            #expect(asked.count == 1)
            let question = try #require(asked.first)
            #expect(question.method == "POST" && question.headers["content-type"] == "application/json")
            let credential = question.json["credential"] as? [String: Any]
            #expect(credential?["kind"] as? String == "bearer" && credential?["value"] as? String == Self.token)
            let request = try #require(question.json["request"] as? [String: Any])
            #expect(request["method"] as? String == "POST" && request["path"] as? String == "/invoke/a")
            #expect(request["host"] as? String == CheckDialect.host)
            #expect(request["address"] as? String == "192.0.2.7")
            #expect(request["headers"] as? [String: String] == ["x-team": "blue"])
        }

        @Test(arguments: AnsweringServer.Way.allCases)
        func refusesWhomItRefuses(_ way: AnsweringServer.Way) throws {
            let server = try AnsweringServer(way)
            let postern = try Postern(Self.configuration(server))
            for (told, reason) in [(401, "credential_refused"), (403, "externally_forbidden")] {
                server.answer("/who", told)
                for dialect in CheckDialect.allCases {
                    let answer = try dialect.ask(postern.port, "GET", "/a", Crowd.bearer(Self.token))
                    #expect(dialect.status(of: answer) == told && dialect.reason(of: answer) == reason, "\(dialect)")
                    let known = try dialect.ask(postern.port, "GET", "/public", Crowd.bearer(Self.token))
                    #expect(known.status == 200, "on a public path a bad credential is anonymous")
                }
            }
        }

        /// Whatever is no answer is neither yes nor no, and no listed key is held up by it.
        @Test(arguments: ["deny", "defer"])
        func cannotDecideWithoutIt(_ onUndecidable: String) throws {
            let server = try AnsweringServer()
            let postern = try Postern(Self.configuration(server, onUndecidable: onUndecidable))
            for (status, body) in [
                (500, Self.identity), (302, ""), (200, "no JSON"), (200, "[]"), (200, "{}"),
                (200, #"{"subject": ""}"#), (200, #"{"subject": "alice", "roles": "admin"}"#),
                (200, #"{"subject": "alice", "subject": "root"}"#),
            ] {
                server.answer("/who", status, body)
                try expectUndecidable(postern, onUndecidable, "\(status) \(body)")
            }
            server.answer("/who", 200, Self.identity)
            #expect(try CheckDialect.envoy.ask(postern.port, "GET", "/a", Crowd.bearer(Self.token)).status == 200)
            server.stop()
            try expectUndecidable(postern, onUndecidable, "stopped")
            let listed = [("X-API-Key", "listed-key-0123456789")]
            #expect(try CheckDialect.envoy.ask(postern.port, "GET", "/a", listed).status == 200)
        }

        private func expectUndecidable(_ postern: Postern, _ onUndecidable: String, _ told: String) throws {
            for dialect in CheckDialect.allCases {
                let answer = try dialect.ask(postern.port, "GET", "/a", Crowd.bearer(Self.token))
                // Envoy takes a 5xx for leave to fail open.
                let status = dialect == .envoy && onUndecidable == "deny" ? 403 : 503
                #expect(dialect.status(of: answer) == status, "\(dialect): \(told)")
                let reason = onUndecidable == "deny" ? "undecidable" : "undecidable_deferred"
                #expect(dialect.reason(of: answer) == reason, "\(dialect): \(told)")
                #expect(answer["Retry-After"] != nil, "\(dialect): \(told)")
            }
        }

        /// An identity, and a refusal, for as long as the configuration and the server allow; without leave, not at all.
        @Test func remembersAsLongAsItMay() throws {
            let server = try AnsweringServer()
            server.answer("/who", 200, Self.identity)
            let forgetful = try Postern(Self.configuration(server))
            let mindful = try Postern(
                Self.configuration(server, ", cache_seconds: 60, negative_cache_seconds: 60"))
            func requests(_ postern: Postern, _ token: String, _ expected: Int) throws -> Int {
                _ = try server.taken()
                for number in 0..<4 {
                    let target = "/a/\(number)"
                    let answer = try CheckDialect.envoy.ask(postern.port, "GET", target, Crowd.bearer(token))
                    #expect(answer.status == expected, "\(answer.text)")
                }
                return try server.taken().count
            }
            #expect(try requests(forgetful, "one-token", 200) == 4)
            #expect(try requests(mindful, "one-token", 200) == 1)
            #expect(try requests(mindful, "two-token", 200) == 1, "another credential is another question")
            server.answer("/who", 200, #"{"subject": "alice", "cache_seconds": 0}"#)
            #expect(try requests(mindful, "three-token", 200) == 4, "the server knows better")
            server.answer("/who", 401)
            #expect(try requests(mindful, "one-token", 200) == 0, "still remembered")
            #expect(try requests(forgetful, "four-token", 401) == 4)
            #expect(try requests(mindful, "four-token", 401) == 1)
            server.answer("/who", 500)
            #expect(try requests(mindful, "five-token", 403) == 4, "what nobody decided is not remembered")
        }

        @Test(arguments: AnsweringServer.Way.allCases)
        func asksOnceForACrowd(_ way: AnsweringServer.Way) throws {
            let server = try AnsweringServer(way)
            server.answer("/who", 200, Self.identity, delay: 2)
            let postern = try Postern(Self.configuration(server))
            let clients = try Crowd.clients(50, port: postern.port)
            let answers = try Crowd.ask(clients) { client, _ in
                try CheckDialect.envoy.send(client, "GET", "/a", Crowd.bearer(Self.token))
            }
            #expect(answers.allSatisfy { $0?.status == 200 && $0?["X-Auth-User-Id"] == "alice" })
            #expect(try server.taken().count == 1)
        }

        /// The deadline ends the wait of those who ask it, and nobody else waits at all.
        @Test func keepsItsDeadline() throws {
            let server = try AnsweringServer()
            server.answer("/who", 200, Self.identity, delay: 60)
            let text = Self.configuration(server).replacing("deadline_ms: 10000", with: "deadline_ms: 4000")
            let postern = try Postern(text)
            let slow = try HTTPClient(port: postern.port)
            let start = monotonicSeconds()
            try CheckDialect.envoy.send(slow, "GET", "/a", Crowd.bearer(Self.token))
            for _ in 0..<50 {
                let answer = try CheckDialect.envoy.ask(
                    postern.port, "GET", "/a", [("X-API-Key", "listed-key-0123456789")])
                #expect(answer.status == 200)
            }
            let others = monotonicSeconds() - start
            let answer = try slow.answer(to: "GET")
            let seconds = monotonicSeconds() - start
            #expect(answer.status == 403 && answer.reason == "undecidable")
            #expect(others < 3.5 && seconds > 3.5 && seconds < 20, "\(others) s, \(seconds) s")
        }
    }
}
