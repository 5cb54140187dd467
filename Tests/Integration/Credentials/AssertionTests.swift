import Foundation
import Testing

extension Live {
    /// `X-Auth-Assertion`: what an agent can check, checked by a library of somebody else's.
    @Suite(.serialized, .needs(.python))
    struct AssertionTests {
        private static func configuration(_ key: String) -> String {
            """
            \(Gateway.policy)
            response:
              assertion: {key: "file:\(key)", issuer: postern.test, audience: agent.test, ttl_seconds: 30}
            """
        }

        private static func published(_ postern: Postern) throws -> String {
            let answer = try HTTPClient.once(port: postern.adminPort, "GET", "/.well-known/jwks.json")
            guard answer.status == 200 else { throw HarnessFailure("no keys: \(answer.status) \(answer.text)") }
            return answer.text
        }

        private static func assertion(_ postern: Postern, _ key: String = Gateway.userKey) throws -> String {
            let answer = try CheckDialect.envoy.ask(postern.port, "GET", "/invoke/a", [("X-API-Key", key)])
            guard let assertion = answer["X-Auth-Assertion"] else { throw HarnessFailure("none: \(answer.status)") }
            return assertion
        }

        @Test func isVerifiedByAnotherLibrary() throws {
            let jose = JOSE(scratch: try ScratchFolder())
            let (key, other) = (try jose.key(), try jose.key())
            let file = try jose.scratch.write(key.privateKey, to: "assertion.pem")
            let postern = try Postern(Self.configuration(file))
            let (token, keys) = (try Self.assertion(postern), try Self.published(postern))
            let verified = try #require(try jose.verify(token, keys: keys))
            let now = Date().timeIntervalSince1970
            #expect(verified.header["alg"] as? String == "ES256")
            #expect(verified.header["kid"] as? String == key.thumbprint)
            #expect(verified.claims["iss"] as? String == "postern.test")
            #expect(verified.claims["aud"] as? String == "agent.test")
            #expect(verified.claims["sub"] as? String == "alice")
            #expect(verified.claims["tenant_id"] as? String == "acme")
            #expect(verified.claims["key_id"] as? String == "alice-key")
            #expect(verified.claims["roles"] as? [String] == ["user"])
            #expect(verified.claims["permissions"] as? [String] == ["invoke"])
            #expect(verified.claims["scopes"] as? [String] == ["read", "write"])
            let end = try #require(verified.claims["exp"] as? Double)
            #expect(end > now && end <= now + 31)
            #expect(try jose.verify(token, keys: other.keySet) == nil, "not by another key")
            #expect(try jose.verify(String(token.dropLast(4)) + "AAAA", keys: keys) == nil, "not when it was changed")
            #expect(!keys.contains("\"d\""), "the private part is not published")
        }

        /// A key that a reload replaced: what is signed now can be verified with what is published now.
        @Test func followsItsKeyThroughAReload() throws {
            let jose = JOSE(scratch: try ScratchFolder())
            let (first, second) = (try jose.key(), try jose.key())
            let file = try jose.scratch.write(first.privateKey, to: "assertion.pem")
            let postern = try Postern(Self.configuration(file))
            #expect(try jose.verify(try Self.assertion(postern), keys: try Self.published(postern)) != nil)
            try jose.scratch.write(second.privateKey, to: "assertion.pem")
            postern.reload()
            #expect(try eventually(within: 10) { try postern.metrics().reloads > 0 })
            let verified = try jose.verify(try Self.assertion(postern), keys: try Self.published(postern))
            #expect(verified?.header["kid"] as? String == second.thumbprint)
        }

        @Test func isNobodysWhereThereIsNone() throws {
            let postern = try Postern(Gateway.policy)
            let forged = [("X-API-Key", Gateway.userKey), ("X-Auth-Assertion", "forged")]
            for dialect in CheckDialect.allCases {
                let answer = try dialect.ask(postern.port, "GET", "/invoke/a", forged)
                #expect(answer.status == 200)
                switch dialect {
                case .envoy:
                    let removed = answer["x-envoy-auth-headers-to-remove"]?.lowercased() ?? ""
                    #expect(removed.contains("x-auth-assertion") && removed.contains("x_auth_assertion"))
                case .json:
                    let removed = (answer.json["remove"] as? [String] ?? []).map { $0.lowercased() }
                    #expect(removed.contains("x-auth-assertion") && removed.contains("x_auth_assertion"))
                default: #expect(answer.head.all("X-Auth-Assertion") == [""], "\(dialect)")
                }
            }
            #expect(try HTTPClient.once(port: postern.adminPort, "GET", "/.well-known/jwks.json").status == 404)
        }

        /// The real one reaches the agent, whole, and no client's own ever does.
        @Test(.needs(.envoy, .nginx, .caddy), arguments: ProxyKind.allCases)
        func reachesTheAgentAndNoForgeryDoes(_ kind: ProxyKind) throws {
            let jose = JOSE(scratch: try ScratchFolder())
            let key = try jose.key()
            let file = try jose.scratch.write(key.privateKey, to: "assertion.pem")
            let gateway = try Gateway(kind, configuration: Self.configuration(file))
            let keys = try Self.published(gateway.postern)
            let forgeries = IdentityTests.spellings("X-Auth-Assertion")
            var arrived: Set<String> = []
            for forgery in [[]] + forgeries {
                gateway.agent.forget()
                let answer = try gateway.ask("GET", "/invoke/a", [("X-API-Key", Gateway.userKey)] + forgery)
                if refusesUnderscores(kind, forgery, answer) { continue }
                #expect(answer.status == 200, "\(forgery)")
                let request = try #require(gateway.agent.requests.first)
                expectNothingForged(request, forgery)
                #expect(request.all("X-Auth-Assertion").count == 1, "\(forgery)")
                arrived.formUnion(request.all("X-Auth-Assertion"))

                gateway.agent.forget()
                let open = try gateway.ask("GET", "/public/a", forgery)
                #expect(open.status == 200, "\(forgery)")
                let anonymous = try #require(gateway.agent.requests.first)
                expectNothingForged(anonymous, forgery)
                #expect(anonymous.all("X-Auth-Assertion").allSatisfy { $0.isEmpty }, "\(forgery)")
            }
            for token in arrived {
                let verified = try jose.verify(token, keys: keys)
                #expect(verified?.claims["sub"] as? String == "alice", "\(token)")
            }
            gateway.postern.program.kill()
            gateway.agent.forget()
            for forgery in forgeries { #expect(try gateway.ask("GET", "/public/a", forgery).status >= 400) }
            #expect(gateway.agent.requests.isEmpty)
        }

        private func refusesUnderscores(
            _ kind: ProxyKind, _ forgery: [HTTPClient.Header], _ answer: HTTPAnswer
        ) -> Bool {
            kind == .envoy && answer.status == 400 && forgery.contains { $0.0.contains("_") }
        }

        private func expectNothingForged(_ request: SeenRequest, _ forgery: [HTTPClient.Header]) {
            for (name, value) in request.head.headers {
                #expect(!value.contains(IdentityTests.forged), "\(name): \(value), of \(forgery)")
                #expect(!value.contains("{"), "\(name): \(value), of \(forgery)")
            }
        }
    }
}
