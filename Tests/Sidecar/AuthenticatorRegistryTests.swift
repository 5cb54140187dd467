import Domain
import NIOCore
import NIOEmbedded
import Testing

@testable import Sidecar

/// Authenticators compiled in, from request to answer.
@Suite struct AuthenticatorRegistryTests {
    private let credential = "Authorization: Bearer a-credential-of-yours"

    @Test func isAskedOnceAndItsWordIsRemembered() throws {
        let vouch = TestAuthenticator(always: TestAuthenticator.identified())
        let port = try CheckPort(TestAuthenticator.yaml(), authenticators: [vouch])
        _ = try port.ask("GET /envoy/invoke?secret=1", [credential, "X-Forwarded-For: 203.0.113.9"])
        let answer = try port.settled()
        #expect(answer.status == 200)
        #expect(answer["X-Auth-User-Id"] == "bob")
        // The name it was registered under, whatever it says.
        #expect(answer["X-Auth-Method"] == "vouch")
        #expect(answer["X-Auth-Permissions"] == "invoke")
        #expect(try port.ask("GET /envoy/invoke", [credential]).status == 200)
        let attempt = try #require(vouch.attempts.first)
        #expect(vouch.attempts.count == 1)
        #expect(String(decoding: attempt.credential, as: UTF8.self) == "a-credential-of-yours")
        #expect(!attempt.isInKeyHeader)
        #expect(attempt.method == "GET" && attempt.path == "/invoke" && attempt.host == "agent.example")
        #expect(attempt.address == "203.0.113.9")
    }

    @Test func whoHasNoRolesHasTheDefaultOne() throws {
        let vouch = TestAuthenticator(always: TestAuthenticator.identified(roles: []))
        let port = try CheckPort(TestAuthenticator.yaml(), authenticators: [vouch])
        _ = try port.ask("GET /envoy/any", [credential])
        #expect(try port.settled()["X-Auth-Roles"] == "default")
    }

    @Test func mayAnswerLaterAndOnlyItsFirstAnswerCounts() throws {
        let vouch = TestAuthenticator()
        let port = try CheckPort(TestAuthenticator.yaml(), authenticators: [vouch])
        #expect(try port.ask("GET /envoy/invoke", [credential]).text.isEmpty)
        #expect(try port.settled().text.isEmpty)
        vouch.answer(.refused)
        let answer = try port.settled()
        #expect(answer.status == 401)
        #expect(answer.body.contains("\"credential_refused\""))
        // Remembered for some seconds.
        #expect(try port.ask("GET /envoy/invoke", [credential]).body.contains("\"credential_refused\""))
        #expect(vouch.attempts.count == 1)
    }

    @Test func whoDoesNotAnswerInTimeIsUndecidableAndLateAnswersAreNone() throws {
        let vouch = TestAuthenticator()
        let port = try CheckPort(TestAuthenticator.yaml(), authenticators: [vouch])
        _ = try port.ask("GET /envoy/invoke", [credential])
        port.channel.embeddedEventLoop.advanceTime(by: .milliseconds(999))
        #expect(try port.received().isEmpty)
        port.channel.embeddedEventLoop.advanceTime(by: .milliseconds(2))
        let answer = try port.settled()
        #expect(answer.status == 403)
        #expect(answer.body.contains("\"undecidable\""))
        #expect(answer["Retry-After"] == "1")
        vouch.answer(TestAuthenticator.identified())
        #expect(try port.settled().text.isEmpty)
        // Neither the silence nor the late word is remembered.
        #expect(try port.ask("GET /envoy/invoke", [credential]).text.isEmpty)
        #expect(vouch.attempts.count == 2)
        #expect(port.worker.authentication.counters.undecidable == 1)
        #expect(port.worker.authentication.throttle.failures == 0)
    }

    @Test func whoSaysItCannotSayIsUndecidable() throws {
        let vouch = TestAuthenticator(always: .undecidable)
        let port = try CheckPort(TestAuthenticator.yaml(), authenticators: [vouch])
        _ = try port.ask("GET /envoy/invoke", [credential])
        #expect(try port.settled().body.contains("\"undecidable\""))
        // On a public path nobody is anybody.
        _ = try port.ask("GET /envoy/health", [credential])
        let open = try port.settled()
        #expect(open.status == 200)
        #expect(open["X-Auth-User-Id"] == nil)
    }

    /// It says who it was, not that they still are.
    @Test func anIdentityThatIsOverIsRefused() throws {
        let over = Clock.wallSeconds() - 1
        let vouch = TestAuthenticator(always: TestAuthenticator.identified(expiresAt: over))
        let port = try CheckPort(TestAuthenticator.yaml(), authenticators: [vouch])
        _ = try port.ask("GET /envoy/invoke", [credential])
        let answer = try port.settled()
        #expect(answer.status == 401)
        #expect(answer.body.contains("\"credential_refused\""))
    }

    @Test func nobodyIsNobody() throws {
        let vouch = TestAuthenticator(always: .identified(.anonymous, cacheSeconds: 60))
        let port = try CheckPort(TestAuthenticator.yaml(), authenticators: [vouch])
        _ = try port.ask("GET /envoy/any", [credential])
        #expect(try port.settled().status == 401)
    }

    /// It is told where a credential came, so what it said of one place is not its word on the other.
    @Test func aKeyAndABearerOfTheSameTextAreTwoQuestions() throws {
        let vouch = TestAuthenticator(always: TestAuthenticator.identified())
        let port = try CheckPort(TestAuthenticator.yaml(), authenticators: [vouch])
        _ = try port.ask("GET /envoy/invoke", [credential])
        #expect(try port.settled().status == 200)
        _ = try port.ask("GET /envoy/invoke", ["X-API-Key: a-credential-of-yours"])
        #expect(try port.settled().status == 200)
        #expect(vouch.attempts.map(\.isInKeyHeader) == [false, true])
    }

    @Test func anAnswerThatMayNotBeCachedIsAskedForEachTime() throws {
        let vouch = TestAuthenticator(always: TestAuthenticator.identified(cacheSeconds: 0))
        let port = try CheckPort(TestAuthenticator.yaml(), authenticators: [vouch])
        for _ in 0..<2 {
            _ = try port.ask("GET /envoy/any", [credential])
            #expect(try port.settled().status == 200)
        }
        #expect(vouch.attempts.count == 2)
    }

    @Test func besideKeysItIsAskedOnlyWhatIsNoKey() throws {
        let vouch = TestAuthenticator(always: TestAuthenticator.identified())
        let keys = "api_keys: {keys: [{id: u1, key: user-key-0123456789, roles: [user]}]}"
        let port = try CheckPort(
            TestAuthenticator.yaml(mode: "composite", auth: ["providers: [api_key, vouch]", keys]),
            authenticators: [vouch])
        #expect(try port.ask("GET /envoy/invoke", [CheckPort.key])["X-Auth-Method"] == "api_key")
        #expect(vouch.attempts.isEmpty)
        _ = try port.ask("GET /envoy/invoke", ["X-API-Key: somebody-elses-key"])
        #expect(try port.settled()["X-Auth-Method"] == "vouch")
        #expect(vouch.attempts.map(\.isInKeyHeader) == [true])
    }

    @Test func namesAreSorted() {
        var registry = AuthenticatorRegistry()
        registry.register(TestAuthenticator("b_2"))
        registry.register(TestAuthenticator("a"))
        #expect(registry.names == ["a", "b_2"])
    }
}
