import Credentials
import Domain
import Outbound
import Testing

/// The clients against a real server; how answers are judged is tested with `Credentials`.
@Suite(.enabled(if: Provider.isExpected, "python3 is not installed"))
struct RemoteClientTests {
    private let client = OutboundClient()
    private let json = ["Content-Type": "application/json"]

    private func introspect(
        _ url: String, _ method: ClientCredentials.Method = .basic, token: String = "tok&en", millis: Int? = nil
    ) async throws -> String {
        let introspection = IntrospectionClient(
            client: client, endpoint: try OutboundEndpoint(url),
            credentials: ClientCredentials(method, identifier: [UInt8]("po:stern".utf8), secret: [UInt8]("s%t".utf8)),
            policy: IntrospectionPolicy())
        return await withCheckedContinuation { continuation in
            introspection.introspect([UInt8](token.utf8).span, deadlineMillis: millis) { verdict in
                switch verdict {
                case .accepted(let token): continuation.resume(returning: token.principal.subject ?? "")
                case .refused(let reason, _): continuation.resume(returning: "\(reason.name)")
                case .undecidable(let fault): continuation.resume(returning: "? \(fault.word)")
                }
            }
        }
    }

    @Test func introspectionAsksAsTheRFCSays() async throws {
        let provider = try Provider()
        provider.answer("/introspect", 200, #"{"active": true, "sub": "alice"}"#, headers: json)
        #expect(try await introspect(provider.url("/introspect")) == "alice")
        #expect(try await introspect(provider.url("/introspect"), .post) == "alice")
        let asked = try provider.log().requests
        #expect(asked.map(\.method) == ["POST", "POST"])
        #expect(asked.allSatisfy { $0.headers["content-type"] == "application/x-www-form-urlencoded" })
        #expect(asked.allSatisfy { $0.headers["accept"] == "application/json" })
        // po%3Astern:s%25t
        #expect(asked[0].headers["authorization"] == "Basic cG8lM0FzdGVybjpzJTI1dA==")
        #expect(asked[0].body == "token=tok%26en&token_type_hint=access_token")
        #expect(asked[1].headers["authorization"] == nil)
        #expect(
            asked[1].body == "token=tok%26en&token_type_hint=access_token&client_id=po%3Astern&client_secret=s%25t")
    }

    @Test func onlyAnAnswerDecides() async throws {
        let provider = try Provider()
        let url = provider.url("/introspect")
        provider.answer("/introspect", 200, #"{"active": false}"#, headers: json)
        #expect(try await introspect(url) == "token_inactive")
        provider.answer("/introspect", 401, #"{"active": true, "sub": "alice"}"#, headers: json)
        #expect(try await introspect(url) == "? client_refused")
        provider.answer("/introspect", 503)
        #expect(try await introspect(url) == "? unexpected_status")
        provider.answer("/introspect", 302, headers: ["Location": "/other"])
        #expect(try await introspect(url) == "? redirected")
        provider.misbehave("/introspect", "truncated")
        #expect(try await introspect(url) == "? interrupted")
        provider.misbehave("/introspect", "huge")
        #expect(try await introspect(url) == "? response_body_too_large")
        provider.misbehave("/introspect", "silent")
        #expect(try await introspect(url, millis: 100) == "? deadline_passed")
        provider.stop()
        #expect(try await introspect(url) == "? not_connected")
    }

    @Test func whatWasAskedIsCounted() async throws {
        let provider = try Provider()
        provider.answer("/", 200, #"{"active": true, "sub": "alice"}"#, headers: json)
        let introspection = IntrospectionClient(
            client: client, endpoint: try OutboundEndpoint(provider.url("/")),
            credentials: ClientCredentials(identifier: [1], secret: [2]), policy: IntrospectionPolicy())
        let done = Arrivals<Int>()
        introspection.introspect([0x61].span) { _ in done.append(1) }
        #expect(await done.wait { $0.count == 1 })
        provider.answer("/", 500)
        introspection.introspect([0x61].span) { _ in done.append(1) }
        #expect(await done.wait { $0.count == 2 })
        #expect(introspection.counters.accepted == 1)
        #expect(introspection.counters.undecidable == ["unexpected_status": 1])
    }

    @Test func anAuthenticatorIsAskedOverAUnixSocket() async throws {
        let provider = try Provider(.unix)
        provider.answer("/who", 200, #"{"subject": "alice", "roles": ["admin"]}"#, headers: json)
        let authenticator = ExternalAuthenticatorClient(
            client: client, endpoint: try OutboundEndpoint("unix:\(provider.socketPath):/who"), deadlineMillis: 5_000)
        let subjects = Arrivals<String>()
        let request = ExternalRequest(method: "GET", path: "/x", host: "h", address: "10.0.0.1")
        authenticator.authenticate(kind: "bearer", credential: [UInt8]("secret".utf8).span, request: request) {
            if case .accepted(let identity) = $0 { subjects.append(identity.principal.subject ?? "") }
        }
        #expect(await subjects.wait { $0 == ["alice"] })
        let asked = try provider.log().requests
        #expect(asked.map(\.method) == ["POST"] && asked[0].headers["content-type"] == "application/json")
        #expect(
            asked[0].body
                == #"{"credential":{"kind":"bearer","value":"secret"},"request":{"method":"GET","path":"/x","host":"h","address":"10.0.0.1","headers":{}}}"#
        )
        let refused = Arrivals<DenyReason>()
        authenticator.authenticate(kind: "bearer", credential: [0xFF].span, request: request) {
            if case .refused(let reason, _) = $0 { refused.append(reason) }
        }
        #expect(refused.all == [.credentialRefused])
        #expect(try provider.log().requests.isEmpty)
    }

    @Test(arguments: [
        (ExternalAuthorization.Format.postern, #"{"allow": true}"#, "allow"),
        (.postern, #"{"allow": false}"#, "deny"), (.opa, #"{"result": {"allow": true}}"#, "allow"),
        (.opa, "{}", "deny"), (.opa, "nonsense", "? not_json"),
    ])
    func anAuthorizerIsAsked(format: ExternalAuthorization.Format, body: String, expected: String) async throws {
        let provider = try Provider()
        provider.answer("/v1/data/authz", 200, body, headers: json)
        let authorizer = ExternalAuthorizerClient(
            client: client, endpoint: try OutboundEndpoint(provider.url("/v1/data/authz")), format: format,
            deadlineMillis: 5_000)
        let words = Arrivals<String>()
        authorizer.authorize(
            Principal(method: .jwt, subject: "alice"), request: ExternalRequest(method: "GET", path: "/")
        ) {
            switch $0 {
            case .accepted(let decision): words.append(decision.isAllowed ? "allow" : "deny")
            case .refused(let reason, _): words.append("\(reason.name)")
            case .undecidable(let fault): words.append("? \(fault.word)")
            }
        }
        #expect(await words.wait { $0 == [expected] })
        let asked = try provider.log().requests
        #expect(asked.count == 1 && asked[0].body.hasPrefix(format == .opa ? #"{"input":{"# : #"{"principal":{"#))
    }
}
