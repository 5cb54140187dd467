import Domain
import Testing

@testable import Sidecar

/// JWTs under a shared secret, from request to answer.
@Suite struct TokenAuthenticationTests {
    private func ask(_ port: CheckPort, _ token: String, _ path: String = "/invoke") throws -> Answer {
        try port.ask("GET /envoy\(path)", [TestToken.bearer(token)])
    }

    @Test func acceptsAGoodTokenAndRemembersIt() throws {
        let port = try CheckPort(TestToken.yaml())
        let token = TestToken.made("\"roles\":[\"user\"],\"email\":\"a@b.example\",\"scope\":\"x y\"")
        let answer = try ask(port, token)
        #expect(answer.status == 200)
        #expect(answer["X-Auth-User-Id"] == "alice")
        #expect(answer["X-Auth-Method"] == "jwt")
        #expect(answer["X-Auth-Issuer"] == TestToken.issuer)
        #expect(answer["X-Auth-Email"] == "a@b.example")
        #expect(answer["X-Auth-Scopes"] == "x,y")
        #expect(answer["X-Auth-Expires"] != nil)
        #expect(answer.list("x-envoy-auth-headers-to-remove").contains("authorization"))
        #expect(try ask(port, token).status == 200)
        #expect(port.worker.authentication.counters.verifications == 1)
        #expect(port.worker.authentication.counters.cacheHits == 1)
    }

    /// A role gives its permissions and its limit; without one the permissions of a route are missing.
    @Test func rolesOfATokenGivePermissionsAndLimits() throws {
        let port = try CheckPort(TestToken.yaml())
        let answer = try ask(port, TestToken.made("\"roles\":[\"user\"]"))
        #expect(answer["X-Auth-Permissions"] == "invoke")
        #expect(answer["RateLimit-Policy"] == "\"role:user\";q=3;w=3600")
        // The bucket is the subject's: another token of the same one spends from it, another subject's does not.
        #expect(try ask(port, TestToken.made("\"roles\":[\"user\"],\"jti\":\"2\""))["X-RateLimit-Remaining"] == "1")
        #expect(
            try ask(port, TestToken.made(subject: "carol", "\"roles\":[\"user\"]"))["X-RateLimit-Remaining"] == "2")
        let plain = try ask(port, TestToken.made())
        #expect(plain.status == 403)
        #expect(plain.body.contains("\"missing-permissions\":[\"invoke\"]"))
        let other = try ask(port, TestToken.made(), "/any")
        #expect(other["X-Auth-Roles"] == "default")
        #expect(other["RateLimit-Policy"] == "\"role:default\";q=50;w=3600")
    }

    @Test func aFloodOfOneBadTokenIsOneVerification() throws {
        let port = try CheckPort(TestToken.yaml())
        let bad = TestToken.bad()
        for _ in 0..<50 {
            let answer = try ask(port, bad)
            #expect(answer.status == 401)
            #expect(answer.body.contains("\"reason\":\"token_signature\""))
            #expect(answer["WWW-Authenticate"]?.contains("error=\"invalid_token\"") == true)
        }
        #expect(port.worker.authentication.counters.verifications == 1)
        #expect(port.worker.authentication.counters.refusedCacheHits == 49)
        // Where nothing bad is remembered each one costs what it costs.
        let forgetful = try CheckPort(TestToken.yaml(["cache: {negative_seconds: 0, entries: 0}"]))
        for _ in 0..<3 { _ = try ask(forgetful, bad) }
        for _ in 0..<3 { #expect(try ask(forgetful, TestToken.made(), "/any").status == 200) }
        #expect(forgetful.worker.authentication.counters.verifications == 6)
    }

    @Test func expiryHoldsWithItsLeewayAndForWhatIsRemembered() throws {
        let port = try CheckPort(TestToken.yaml())
        #expect(try ask(port, TestToken.made(expiresIn: -31)).body.contains("\"token_expired\""))
        let late = TestToken.made(expiresIn: -5)
        #expect(try ask(port, late, "/any").status == 200)
        // Within its leeway a token is not remembered, and so never beyond it.
        #expect(try ask(port, late, "/any").status == 200)
        #expect(port.worker.authentication.counters.cacheHits == 0)
        let strict = try CheckPort(TestToken.yaml(["leeway_seconds: 0"]))
        #expect(try ask(strict, late, "/any").body.contains("\"token_expired\""))
    }

    @Test func theIssuerChoosesTheKey() throws {
        let other = "abcdefghijklmnopqrstuvwxyz012345"
        let yaml = TestToken.yaml().replacing(
            "jwt: {issuer: \(TestToken.issuer), secret: \(TestToken.secret), audience: agent}",
            with: """
                jwt:
                    issuers:
                      - issuer: https://a.example
                        secret: \(TestToken.secret)
                        audience: agent
                        subject_prefix: "a:"
                      - {issuer: "https://b.example", secret: \(other), audience: agent, subject_prefix: "b:"}
                """)
        let port = try CheckPort(yaml)
        #expect(
            try ask(port, TestToken.made(issuer: "https://a.example"), "/any")["X-Auth-User-Id"] == "a:alice")
        #expect(
            try ask(port, TestToken.made(issuer: "https://b.example", secret: other), "/any")["X-Auth-User-Id"]
                == "b:alice")
        // Each key is its issuer's and nobody else's.
        #expect(
            try ask(port, TestToken.made(issuer: "https://a.example", secret: other)).body.contains("token_signature"))
        let stranger = try ask(port, TestToken.made(issuer: "https://c.example"))
        #expect(stranger.body.contains("\"token_issuer\""))
        // Unicode's idea of equal is not ours.
        #expect(try ask(port, TestToken.made(issuer: "https://a.example\u{200D}")).body.contains("\"token_issuer\""))
    }

    @Test func scopesThatEveryTokenNeeds() throws {
        let port = try CheckPort(TestToken.yaml(["required_scopes: [agent]"]))
        let answer = try ask(port, TestToken.made("\"scope\":\"other\""), "/any")
        #expect(answer.status == 403)
        #expect(answer.body.contains("\"token_scope\""))
        #expect(answer["WWW-Authenticate"]?.contains("error=\"insufficient_scope\"") == true)
        // RFC 6750 section 3: a scope attribute names at least one.
        #expect(answer["WWW-Authenticate"]?.contains("scope=\"\"") == false)
        #expect(try ask(port, TestToken.made("\"scope\":\"a agent\""), "/any").status == 200)
    }

    @Test func onAPublicPathABadTokenIsAnonymousAndAGoodOneIsNot() throws {
        let port = try CheckPort(TestToken.yaml())
        for token in [TestToken.bad(), TestToken.made(expiresIn: -100), "eyJ.garbage.x", "opaque-0123456789"] {
            let answer = try ask(port, token, "/health")
            #expect(answer.status == 200)
            #expect(answer["X-Auth-User-Id"] == nil)
            #expect(answer.list("x-envoy-auth-headers-to-remove").contains("X-Auth-User-Id"))
            #expect(answer.list("x-envoy-auth-headers-to-remove").contains("authorization"))
        }
        #expect(try ask(port, TestToken.made(), "/health")["X-Auth-User-Id"] == "alice")
    }

    @Test func theProblemNamesTheClaimAndTheTokenIsInNoAnswer() throws {
        let port = try CheckPort(TestToken.yaml(["required_claims: [azp]"]))
        let token = TestToken.made()
        let answer = try ask(port, token, "/any")
        #expect(answer.status == 401)
        #expect(answer.body.contains("\"reason\":\"token_claim\""))
        #expect(answer.body.contains("\"claim\":\"azp\""))
        #expect(!answer.text.contains(token.suffix(20)))
        let odd = try ask(port, TestToken.made("\"azp\":\"x\",\"roles\":7"), "/any")
        #expect(odd.body.contains("\"claim\":\"roles\""))
        // What is remembered of a refusal says the same.
        #expect(try ask(port, token, "/any").body.contains("\"claim\":\"azp\""))
    }

    @Test func anIdentityOfMoreThanThreeKiBIsDeniedByName() throws {
        let port = try CheckPort(TestToken.yaml())
        let many = (0..<200).map { "\"a-rather-long-permission-\($0)\"" }.joined(separator: ",")
        let answer = try ask(port, TestToken.made("\"permissions\":[\(many)]"), "/any")
        #expect(answer.status == 403)
        #expect(answer.body.contains("\"identity_too_large\""))
        #expect(!answer.text.contains("a-rather-long"))
    }

    @Test func aKeyAndATokenAreNeverTriedForOneAnother() throws {
        let keys = "api_keys: {keys: [{id: u1, key: user-key-0123456789, roles: [user]}]}"
        let port = try CheckPort(
            TestToken.yaml(mode: "composite", auth: ["providers: [api_key, jwt]", keys]))
        #expect(try ask(port, "user-key-0123456789")["X-Auth-Method"] == "api_key")
        #expect(try ask(port, TestToken.made("\"roles\":[\"user\"]"))["X-Auth-Method"] == "jwt")
        #expect(try ask(port, TestToken.bad()).body.contains("token_signature"))
        #expect(try ask(port, "nobody-has-this-key").body.contains("unknown_key"))
        // In the key header a token is a key nobody has.
        let inHeader = try port.ask("GET /envoy/invoke", ["X-API-Key: \(TestToken.made())"])
        #expect(inHeader.body.contains("unknown_key"))
        // A bad key is not rescued by a good token, which does not reach the agent either.
        let both = try port.ask(
            "GET /envoy/invoke", ["X-API-Key: nobody-has-this", TestToken.bearer(TestToken.made())])
        #expect(both.body.contains("unknown_key"))
    }

    /// Another issuer's publication: its keys verified none of these, and may verify what was refused.
    @Test func aPublicationForgetsRefusalsAndWhatItsOwnKeysVerified() throws {
        let port = try CheckPort(TestToken.yaml())
        let (good, bad) = (TestToken.made(), TestToken.bad())
        _ = try ask(port, good, "/any")
        _ = try ask(port, bad)
        port.worker.authentication.keysChanged(0)
        #expect(try ask(port, good, "/any").status == 200)
        #expect(try ask(port, bad).status == 401)
        #expect(port.worker.authentication.counters.cacheHits == 1)
        #expect(port.worker.authentication.counters.verifications == 3)
    }

    /// A reload forgets: other keys, other rules.
    @Test func aReloadJudgesRememberedTokensAnew() throws {
        let port = try CheckPort(TestToken.yaml())
        let token = TestToken.made()
        #expect(try ask(port, token, "/any").status == 200)
        try port.install(TestToken.yaml().replacing(TestToken.secret, with: "another-secret-of-thirty-two-byte"))
        #expect(try ask(port, token, "/any").body.contains("token_signature"))
        try port.install(TestToken.yaml())
        #expect(try ask(port, token, "/any").status == 200)
    }
}
