import Testing

extension Live {
    /// `authorization.external`, in Postern's own format and that of OPA's data API.
    @Suite(.serialized, .needs(.python))
    struct ExternalAuthorizerTests {
        enum Format: String, CaseIterable, Sendable {
            case postern, opa

            func answer(_ isAllowed: Bool, _ more: String = "") -> String {
                let decision = "{\"allow\": \(isAllowed)\(more)}"
                return self == .postern ? decision : "{\"decision_id\": \"d\", \"result\": \(decision)}"
            }
        }

        private static let key = "listed-key-0123456789"
        private static let headers = [("X-API-Key", key)]

        private static func configuration(
            _ server: AnsweringServer, _ format: Format, _ more: String = ""
        ) -> String {
            """
            auth:
              mode: api_key
              api_keys: {keys: [{id: listed, key: \(key), subject: alice, tenant: acme, roles: [user]}]}
              roles: [{name: user, permissions: [invoke]}]
            authorization:
              external: "\(server.url("/v1/data/agents/allow"))"
              format: \(format.rawValue)
              headers: [x-team]
              \(more.contains("deadline_ms") ? "" : "deadline_ms: 10000")
              \(more)
            routes:
              - {path: /public, public: true}
              - {path: "/admin/**", permissions: [deploy]}
              - {path: "/invoke/**", permissions: [invoke]}
            """
        }

        @Test(arguments: Format.allCases, AnsweringServer.Way.allCases)
        func doesAsItIsTold(_ format: Format, _ way: AnsweringServer.Way) throws {
            let server = try AnsweringServer(way)
            let postern = try Postern(Self.configuration(server, format))
            server.answer("/v1/data/agents/allow", 200, format.answer(true))
            for dialect in CheckDialect.allCases {
                let answer = try dialect.ask(postern.port, "GET", "/invoke/a?q=1", Self.headers + [("X-Team", "red")])
                #expect(answer.status == 200, "\(dialect) \(answer.text)")
            }
            for question in try server.taken() {
                #expect(!question.body.contains(Self.key), "nobody else needs the key")
                #expect(!question.headers.values.contains { $0.contains(Self.key) })
                let input = format == .opa ? question.json["input"] as? [String: Any] : question.json
                let principal = try #require(input?["principal"] as? [String: Any], "\(question.body)")
                #expect(principal["subject"] as? String == "alice" && principal["tenant"] as? String == "acme")
                #expect(principal["roles"] as? [String] == ["user"])
                let request = try #require(input?["request"] as? [String: Any])
                #expect(request["path"] as? String == "/invoke/a" && request["method"] as? String == "GET")
                #expect(request["headers"] as? [String: String] == ["x-team": "red"])
            }
            server.answer("/v1/data/agents/allow", 200, format.answer(false, ", \"reason\": \"no\""))
            for dialect in CheckDialect.allCases {
                let answer = try dialect.ask(postern.port, "GET", "/invoke/a", Self.headers)
                #expect(dialect.status(of: answer) == 403, "\(dialect)")
                #expect(dialect.reason(of: answer) == "externally_forbidden", "\(dialect)")
            }
        }

        /// OPA's short forms: a rule that is a plain truth, and one that is undefined.
        @Test func readsOPAsShortForms() throws {
            let server = try AnsweringServer()
            let postern = try Postern(Self.configuration(server, .opa))
            for (body, status) in [
                (#"{"result": true}"#, 200), (#"{"result": false}"#, 403), ("{}", 403),
                (#"{"result": {}}"#, 403), (#"{"result": {"allow": true}}"#, 200),
            ] {
                server.answer("/v1/data/agents/allow", 200, body)
                let answer = try CheckDialect.envoy.ask(postern.port, "GET", "/invoke/a", Self.headers)
                #expect(answer.status == status, "\(body)")
                if status == 403 { #expect(answer.reason == "externally_forbidden", "\(body)") }
            }
        }

        /// It is asked last: not about what is public, nor about what the routes or the credential refuse.
        @Test func hasNoSayWhereThereIsNothingToSay() throws {
            let server = try AnsweringServer()
            server.answer("/v1/data/agents/allow", 200, Format.postern.answer(true))
            let postern = try Postern(Self.configuration(server, .postern))
            #expect(try CheckDialect.envoy.ask(postern.port, "GET", "/public").status == 200)
            #expect(try CheckDialect.envoy.ask(postern.port, "GET", "/admin/a", Self.headers).status == 403)
            #expect(try CheckDialect.envoy.ask(postern.port, "GET", "/elsewhere", Self.headers).status == 403)
            #expect(try CheckDialect.envoy.ask(postern.port, "GET", "/invoke/a").status == 401)
            #expect(try server.taken().isEmpty)
        }

        @Test(arguments: ["deny", "defer", "allow"])
        func failsAsConfigured(_ onFailure: String) throws {
            let server = try AnsweringServer()
            let postern = try Postern(Self.configuration(server, .opa, "on_failure: \(onFailure)"))
            for (status, body) in [
                (500, ""), (401, ""), (200, "true"), (200, #"{"result": "yes"}"#), (200, #"{"result": {"allow": 1}}"#),
            ] {
                server.answer("/v1/data/agents/allow", status, body)
                try expectFailure(postern, onFailure, "\(status) \(body)")
            }
            server.answer("/v1/data/agents/allow", 403)
            let denied = try CheckDialect.envoy.ask(postern.port, "GET", "/invoke/a", Self.headers)
            #expect(denied.status == 403 && denied.reason == "externally_forbidden", "a 403 is a word, not a failure")
            server.stop()
            try expectFailure(postern, onFailure, "stopped")
        }

        private func expectFailure(_ postern: Postern, _ onFailure: String, _ told: String) throws {
            for dialect in CheckDialect.allCases {
                let answer = try dialect.ask(postern.port, "GET", "/invoke/a", Self.headers)
                guard onFailure != "allow" else {
                    #expect(answer.status == 200, "\(dialect): \(told)")
                    continue
                }
                let status = dialect == .envoy && onFailure == "deny" ? 403 : 503
                #expect(dialect.status(of: answer) == status, "\(dialect): \(told)")
                let reason = onFailure == "deny" ? "authorization_unavailable" : "authorization_deferred"
                #expect(dialect.reason(of: answer) == reason, "\(dialect): \(told)")
                #expect(answer["Retry-After"] != nil, "\(dialect): \(told)")
            }
        }

        @Test(arguments: Format.allCases) func remembersAsLongAsItMay(_ format: Format) throws {
            let server = try AnsweringServer()
            let forgetful = try Postern(Self.configuration(server, format))
            let mindful = try Postern(Self.configuration(server, format, "cache_seconds: 60"))
            func requests(_ postern: Postern, _ target: String, _ expected: Int) throws -> Int {
                _ = try server.taken()
                for _ in 0..<4 {
                    let answer = try CheckDialect.envoy.ask(postern.port, "GET", target, Self.headers)
                    #expect(answer.status == expected)
                }
                return try server.taken().count
            }
            server.answer("/v1/data/agents/allow", 200, format.answer(true))
            #expect(try requests(forgetful, "/invoke/a", 200) == 4)
            #expect(try requests(mindful, "/invoke/a", 200) == 1)
            #expect(try requests(mindful, "/invoke/b", 200) == 1, "another path is another question")
            server.answer("/v1/data/agents/allow", 200, format.answer(false))
            #expect(try requests(mindful, "/invoke/a", 200) == 0, "still remembered")
            #expect(try requests(mindful, "/invoke/c", 403) == 1, "a denial is remembered too")
            server.answer("/v1/data/agents/allow", 200, format.answer(true, ", \"cache_seconds\": 0"))
            #expect(try requests(mindful, "/invoke/d", 200) == 4, "the server knows better")
            server.answer("/v1/data/agents/allow", 500)
            #expect(try requests(mindful, "/invoke/e", 403) == 4, "what nobody decided is not remembered")
        }

        @Test func asksOnceForACrowdAndKeepsItsDeadline() throws {
            let server = try AnsweringServer()
            server.answer("/v1/data/agents/allow", 200, Format.postern.answer(true), delay: 2)
            let postern = try Postern(Self.configuration(server, .postern))
            let clients = try Crowd.clients(50, port: postern.port)
            let answers = try Crowd.ask(clients) { client, _ in
                try CheckDialect.envoy.send(client, "GET", "/invoke/a", Self.headers)
            }
            #expect(answers.allSatisfy { $0?.status == 200 })
            #expect(try server.taken().count == 1)

            server.answer("/v1/data/agents/allow", 200, Format.postern.answer(true), delay: 60)
            let hasty = try Postern(Self.configuration(server, .postern, "deadline_ms: 4000"))
            let slow = try HTTPClient(port: hasty.port)
            let start = monotonicSeconds()
            try CheckDialect.envoy.send(slow, "GET", "/invoke/a", Self.headers)
            for _ in 0..<50 { #expect(try CheckDialect.envoy.ask(hasty.port, "GET", "/public").status == 200) }
            let others = monotonicSeconds() - start
            let answer = try slow.answer(to: "GET")
            let seconds = monotonicSeconds() - start
            #expect(answer.status == 403 && answer.reason == "authorization_unavailable")
            #expect(others < 3.5 && seconds > 3.5 && seconds < 20, "\(others) s, \(seconds) s")
        }
    }
}
