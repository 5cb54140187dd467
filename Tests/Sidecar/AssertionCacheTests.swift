import Bytes
import Configuration
import Credentials
import Domain
import Testing

@testable import Sidecar

/// The signed identity header.
@Suite struct AssertionCacheTests {
    private static let rest = "response: {assertion: {key: \"${ASSERTION_KEY}\", ttl_seconds: 60, audience: agent}}"
    private let environment = ["ASSERTION_KEY": TestToken.key]
    private let yaml = CheckPort.demo + "\n" + rest

    private func gate() throws -> Gate { try Gate(try CheckPort.snapshot(yaml, environment), services: nil) }

    /// What an agent would make of an assertion, with the keys that the admin port publishes.
    private func verify(_ token: some Sequence<UInt8>, _ gate: Gate, at now: Int64) throws -> VerifiedToken {
        let signer = try #require(gate.snapshot.credentials.assertion)
        let published = signer.jwks
        let keys = try KeySet(jwks: published.span, algorithms: [.es256])
        let policy = TokenPolicy(
            issuer: "postern", audiences: ["agent"], algorithms: [.es256], leewaySeconds: 0)
        let bytes = Array(token)
        let parsed = try UnverifiedToken.read(bytes.span).get()
        return try TokenVerifier.verify(bytes.span, parsed: parsed, policy: policy, keys: keys, now: now).get()
    }

    @Test func isSignedOncePerIdentityAndAgainAtHalfItsLife() throws {
        let gate = try gate()
        let signer = try #require(gate.snapshot.credentials.assertion)
        let settings = try #require(gate.snapshot.settings.response.assertion)
        var cache = AssertionCache()
        func token(_ index: Int, at now: Int64) throws -> [UInt8] {
            let token = cache.token(for: gate.listed[index], under: gate, signer, settings, at: now)
            return try #require(token)
        }
        let first = try token(0, at: 1_000)
        #expect(try token(0, at: 1_029) == first)
        #expect(cache.signed == 1)
        #expect(try token(1, at: 1_029) != first)
        let second = try token(0, at: 1_030)
        #expect(second != first)
        #expect(cache.signed == 3)
        #expect(try verify(first, gate, at: 1_059).principal.subject == "u1")
        #expect(throws: TokenRefusal.self) { try verify(first, gate, at: 1_060) }
        #expect(try verify(second, gate, at: 1_089).expiresAt == 1_090)
    }

    @Test func aReloadSignsAnew() throws {
        let (old, new) = (try gate(), try gate())
        var cache = AssertionCache()
        for gate in [old, new] {
            let signer = try #require(gate.snapshot.credentials.assertion)
            let settings = try #require(gate.snapshot.settings.response.assertion)
            for _ in 0..<2 {
                _ = cache.token(for: gate.listed[0], under: gate, signer, settings, at: 1_000)
            }
        }
        #expect(cache.signed == 2)
    }

    @Test func saysWhoSpokeAndNoLongerThanTheyMay() throws {
        let gate = try gate()
        let settings = try #require(gate.snapshot.settings.response.assertion)
        let principal = Principal(
            method: .jwt, issuer: "https://login.example/", subject: "alice\"", tenant: "acme", roles: ["user"],
            scopes: ["a", "b"], expiresAt: 1_010)
        let object = try #require(try claims(principal, settings, at: 1_000))
        #expect(object["sub"] == .string("alice\""))
        #expect(object["iss"] == .string("postern"))
        #expect(object["aud"] == .string("agent"))
        #expect(object["issuer"] == .string("https://login.example/"))
        #expect(object["method"] == .string("jwt"))
        #expect(object["tenant_id"] == .string("acme"))
        #expect(object["scopes"] == .array([.string("a"), .string("b")]))
        #expect(object["exp"] == .number(JSONNumber(1_010)))
        #expect(object["email"] == nil)
        #expect(object["permissions"] == nil)
        // Within its leeway a token is good though over: its assertion ends at once.
        #expect(try claims(principal, settings, at: 1_020)?["exp"] == .number(JSONNumber(1_021)))
        let lasting = Principal(method: .apiKey, subject: "u1")
        #expect(try claims(lasting, settings, at: 1_000)?["exp"] == .number(JSONNumber(1_060)))
    }

    private func claims(_ principal: Principal, _ settings: AssertionSettings, at now: Int64) throws -> JSONObject? {
        let json = AssertionClaims.json(principal, settings, at: now)
        guard case .object(let object) = try JSONParser.parse(json.span) else { return nil }
        return object
    }

    @Test func goesToTheAgentInEveryDialect() throws {
        let port = try CheckPort(yaml, environment: environment)
        let now = Clock.wallSeconds()
        let envoy = try port.ask("GET /envoy/invoke", [CheckPort.key])
        let token = try #require(envoy["X-Auth-Assertion"])
        #expect(try verify(token.utf8, port.worker.gate, at: now).principal.subject == "u1")
        #expect(envoy.count("X-Auth-Assertion") == 1)
        let removed = envoy.list("x-envoy-auth-headers-to-remove").map { $0.lowercased() }
        #expect(!removed.contains("x-auth-assertion"))
        #expect(removed.contains("x_auth_assertion"))
        let nginx = try port.ask(
            "GET /nginx", ["X-Original-Method: GET", "X-Original-URI: /invoke", CheckPort.adminKey])
        #expect(
            try verify(try #require(nginx["X-Auth-Assertion"]).utf8, port.worker.gate, at: now).principal.subject
                == "a1")
        let text = #"{"method":"GET","path":"/invoke","headers":{"x-api-key":"user-key-0123456789"}}"#
        let json = try port.ask("POST /v1/check", ["Content-Length: \(text.utf8.count)"], body: text)
        #expect(json.body.contains("\"X-Auth-Assertion\":\"\(token)\""))
    }

    /// Nobody is asserted to be nobody: Envoy removes a client's own, the others are sent an empty one.
    @Test func isNeverForAnybodyAnonymous() throws {
        let port = try CheckPort(yaml, environment: environment)
        let envoy = try port.ask("GET /envoy/health", ["X-Auth-Assertion: forged"])
        #expect(envoy.status == 200)
        #expect(envoy["X-Auth-Assertion"] == nil)
        let removed = envoy.list("x-envoy-auth-headers-to-remove").map { $0.lowercased() }
        #expect(removed.contains("x-auth-assertion"))
        #expect(removed.contains("x_auth_assertion"))
        for (line, headers) in [
            ("GET /nginx", ["X-Original-Method: GET", "X-Original-URI: /health"]),
            ("GET /forward", ["X-Forwarded-Method: GET", "X-Forwarded-Uri: /health"]),
        ] {
            let answer = try port.ask(line, headers)
            #expect(answer.status == 200)
            #expect(answer["X-Auth-Assertion"] == "")
        }
        #expect(port.worker.encoder.assertions.signed == 0)
        // A refusal asserts nothing.
        #expect(try port.ask("GET /envoy/admin/x", [CheckPort.key])["X-Auth-Assertion"] == nil)
    }
}
