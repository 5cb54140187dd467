import Bytes
import Configuration
import Credentials
import Domain
import HTTPWire
import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import Sidecar

/// Which credentials are one question, and what comes of it on the loop.
@Suite struct QuestionTests {
    private func yaml(_ more: String = "", headers: String = "[x-tenant]") -> String {
        """
        trusted_proxies: [loopback]
        auth:
          mode: external
          external: {url: "http://127.0.0.1:1/who", headers: \(headers)\(more)}
        routes: [{path: "/**"}]
        """
    }

    private func digest(
        _ yaml: String, _ line: String, _ headers: [String], _ provider: AuthSettings.Provider = .external
    ) throws -> Digest256 {
        let gate = try Gate(try CheckPort.snapshot(yaml), services: nil)
        let check = Check(gate: gate, owner: Bystander())
        let text = [UInt8](([line + " HTTP/1.1", "Host: a"] + headers + ["", ""]).joined(separator: "\r\n").utf8)
        var parser = HeadParser()
        var head = RequestHead()
        #expect(parser.parse(text.span, into: &head) == .complete)
        let selection = DialectSelection(dialect: .envoy, prefixLength: 0)
        let fault = gate.decoder.decode(head, text.span, selection, peer: .unknown, under: gate, into: check)
        #expect(fault == nil)
        return Question(provider, check, text.span, at: 0, SHA256()).digest
    }

    private let bearer = "Authorization: Bearer a-credential"

    @Test func whatMayDependOnTheRequestIsAskedPerRequest() throws {
        let one = try digest(yaml(), "GET /a", [bearer])
        #expect(try digest(yaml(), "GET /a?x=1", [bearer]) == one)
        #expect(try digest(yaml(), "GET /b", [bearer]) != one)
        #expect(try digest(yaml(), "POST /a", [bearer]) != one)
        #expect(try digest(yaml(), "GET /a", [bearer, "X-Tenant: acme"]) != one)
        #expect(try digest(yaml(), "GET /a", ["Authorization: Bearer b-credential"]) != one)
    }

    /// With another tenant beside it a credential may stand for somebody else.
    @Test func whatIsRememberedIsForTheCredentialAndWhatIsSharedBesideIt() throws {
        let yaml = yaml(", cache_seconds: 10")
        let one = try digest(yaml, "GET /a", [bearer, "X-Tenant: acme"])
        #expect(try digest(yaml, "POST /b", [bearer, "X-Tenant: acme", "X-Other: 1"]) == one)
        #expect(try digest(yaml, "GET /a", [bearer, "X-Tenant: other"]) != one)
        #expect(try digest(yaml, "GET /a", [bearer]) != one)
        #expect(try digest(yaml, "GET /a", ["X-API-Key: a-credential", "X-Tenant: acme"]) != one)
    }

    @Test func eachKindOfProviderHasItsOwn() throws {
        let providers: [AuthSettings.Provider] = [.external, .oauth2, .custom("own")]
        let digests = try providers.map { try digest(yaml(", cache_seconds: 10"), "GET /a", [bearer], $0) }
        #expect(Set(digests).count == 3)
    }

    /// From whatever thread the answer comes, it is heard on the loop and once.
    @Test func answersFromAnotherThreadAreHeardOnTheLoop() async throws {
        let vouch = TestAuthenticator()
        var registry = AuthenticatorRegistry()
        registry.register(vouch)
        let services = ProviderServices(registry: registry)
        defer { services.close() }
        let snapshot = try CheckPort.snapshot(TestAuthenticator.yaml(), [:], registry.names)
        let (gate, loop) = (try Gate(snapshot, services: services), NIOAsyncTestingEventLoop())
        let question = Question(
            .custom("vouch"), Check(gate: gate, owner: Bystander()), [UInt8]().span, at: 0, SHA256())
        let heard = Mutex<[Bool]>([])
        try await loop.submit {
            question.ask([UInt8]("a-credential".utf8).span, gate, on: loop) { _ in
                let isOnLoop = loop.inEventLoop
                heard.withLock { $0.append(isOnLoop) }
            }
        }.get()
        await Task.detached {
            vouch.answer(TestAuthenticator.identified())
            vouch.answer(.refused)
        }.value
        await loop.advanceTime(by: .milliseconds(2_000))
        #expect(heard.withLock { $0 } == [true])
        await loop.shutdownGracefully()
    }
}
