import Bytes
import Domain
import Limits
import Testing

@testable import Configuration
@testable import Sidecar

/// Gate.md 12: what an address that keeps showing bad credentials may still ask for.
@Suite struct FailureThrottleTests {
    private let here = "X-Forwarded-For: 203.0.113.9"
    private let keys = "api_keys: {keys: [{id: u1, key: user-key-0123456789, roles: [user]}]}"

    private func port(_ limit: String = "{rate: 1/hour, burst: 2}") throws -> CheckPort {
        let auth = ["providers: [api_key, jwt]", keys, "failed_credentials: \(limit)"]
        return try CheckPort(TestToken.yaml(mode: "composite", auth: auth))
    }

    private func ask(_ port: CheckPort, _ token: String, from address: String? = nil) throws -> Answer {
        try port.ask("GET /envoy/any", [TestToken.bearer(token), address.map { "X-Forwarded-For: \($0)" } ?? here])
    }

    /// Uses up an address's share.
    private func exhaust(_ port: CheckPort, from address: String = "203.0.113.9", first: Int = 0) throws {
        for number in first..<first + 2 {
            #expect(try ask(port, TestToken.bad(number), from: address).body.contains("token_signature"))
        }
    }

    @Test func refusesColdWorkWithATimeToComeBack() throws {
        let port = try port()
        try exhaust(port)
        let answer = try ask(port, TestToken.bad(9))
        #expect(answer.status == 429)
        #expect(answer.body.contains("\"too_many_failures\""))
        let seconds = try #require(answer["Retry-After"].flatMap { Int($0) })
        #expect((3_590...3_600).contains(seconds))
        // A good token is cold work too, the first time.
        #expect(try ask(port, TestToken.made()).status == 429)
        #expect(port.worker.authentication.counters.verifications == 2)
        #expect(port.worker.authentication.counters.throttled == 2)
        let nginx = try port.ask(
            "GET /nginx",
            ["X-Original-Method: GET", "X-Original-URI: /any", "X-Real-IP: 203.0.113.9"]
                + [TestToken.bearer(TestToken.bad(10))])
        #expect(nginx["X-Authz-Status"] == "429")
        #expect(nginx["Retry-After"] != nil)
    }

    /// Behind the same NAT others go on: listed keys, and tokens that are known.
    @Test func whatIsKnownIsNotHeldUp() throws {
        let port = try port()
        let known = TestToken.made()
        #expect(try ask(port, known).status == 200)
        let bad = TestToken.bad(0)
        #expect(try ask(port, bad).status == 401)
        #expect(try ask(port, TestToken.bad(1)).status == 401)
        #expect(try ask(port, TestToken.bad(2)).status == 429)
        #expect(try ask(port, known).status == 200)
        #expect(try port.ask("GET /envoy/invoke", [CheckPort.key, here]).status == 200)
        // A bad token that is known is refused as what it is, and costs nothing.
        #expect(try ask(port, bad).status == 401)
        #expect(port.worker.authentication.throttle.failures == 2)
    }

    @Test func oneBadTokenShownOftenIsOneFailure() throws {
        let port = try port()
        for _ in 0..<20 { #expect(try ask(port, TestToken.bad()).status == 401) }
        #expect(try ask(port, TestToken.bad(1)).status == 401)
        #expect(try ask(port, TestToken.bad(2)).status == 429)
    }

    @Test func anAddressIsItsOwnAndAnIPv6OneItsNetworks() throws {
        let port = try port()
        try exhaust(port)
        #expect(try ask(port, TestToken.made(), from: "203.0.113.10").status == 200)
        try exhaust(port, from: "2001:db8::1", first: 2)
        #expect(try ask(port, TestToken.bad(5), from: "2001:db8::ffff:2").status == 429)
        #expect(try ask(port, TestToken.bad(5), from: "2001:db8:0:1::1").status == 401)
    }

    @Test func anUnknownAddressIsExemptAndCounted() throws {
        let port = try port()
        for number in 0..<10 {
            #expect(try port.ask("GET /envoy/any", [TestToken.bearer(TestToken.bad(number))]).status == 401)
        }
        #expect(port.worker.authentication.counters.unthrottled == 10)
        #expect(port.worker.authentication.counters.throttled == 0)
    }

    @Test func onAPublicPathNobodyIsHeldUp() throws {
        let port = try port()
        try exhaust(port)
        let answer = try port.ask("GET /envoy/health", [TestToken.bearer(TestToken.bad(7)), here])
        #expect(answer.status == 200)
        #expect(answer["Retry-After"] == nil)
    }

    /// What the throttle would have said is nobody's time to come back.
    @Test func aLimitOnAPublicPathNamesItsOwnTime() throws {
        let auth = ["failed_credentials: {rate: 1/hour, burst: 2}"]
        let port = try CheckPort(
            TestToken.yaml(auth: auth, rest: "limits: [{name: address, per: address, rate: 1/minute, burst: 3}]"))
        try exhaust(port)
        let headers = [TestToken.bearer(TestToken.bad(7)), here]
        for _ in 0..<3 { #expect(try port.ask("GET /envoy/health", headers).status == 200) }
        let answer = try port.ask("GET /envoy/health", headers)
        #expect(answer.body.contains("\"over_limit\""))
        #expect(answer["Retry-After"] == "60")
    }

    @Test func canBeTurnedOffAndIsForgottenByAReload() throws {
        let off = try port("{enabled: false}")
        for number in 0..<10 { #expect(try ask(off, TestToken.bad(number)).status == 401) }
        let port = try port()
        try exhaust(port)
        #expect(try ask(port, TestToken.bad(8)).status == 429)
        port.worker.install(port.worker.gate)
        #expect(try ask(port, TestToken.made()).status == 200)
    }

    /// Whoever would be asked is not: the question is the cold work.
    @Test func asksNobodyForAnAddressThatIsHeldUp() throws {
        let vouch = TestAuthenticator()
        let auth = ["failed_credentials: {rate: 1/hour, burst: 2}"]
        let port = try CheckPort(TestAuthenticator.yaml(auth: auth), authenticators: [vouch])
        for number in 0..<2 {
            _ = try port.ask("GET /envoy/any", ["Authorization: Bearer credential-\(number)", here])
            vouch.answer(.refused)
            #expect(try port.settled().status == 401)
        }
        #expect(try port.ask("GET /envoy/any", ["Authorization: Bearer credential-2", here]).status == 429)
        #expect(vouch.attempts.count == 2)
        #expect(try port.ask("GET /envoy/any", ["Authorization: Bearer credential-2"]).text.isEmpty)
        #expect(vouch.attempts.count == 3)
    }

    /// A bad proof for a good token counts like a bad token.
    @Test func badProofsCount() throws {
        let auth = ["failed_credentials: {rate: 1/hour, burst: 2}"]
        let port = try CheckPort(TestToken.yaml(["dpop: accept"], auth: auth))
        let token = TestToken.made(try TestToken.confirmation())
        func ask(_ proof: String) throws -> Answer {
            try port.ask("GET /envoy/any", ["Authorization: DPoP \(token)", proof, here])
        }
        for number in 0..<2 {
            let wrong = try TestToken.proof(for: token, id: "\(number)", url: "https://agent.example/other")
            #expect(try ask(wrong).body.contains("proof_invalid"))
        }
        let good = try TestToken.proof(for: token, id: "x", url: "https://agent.example/any")
        #expect(try ask(good).body.contains("too_many_failures"))
    }

    /// The store is the replicas' own: what one has seen the other knows after one failure.
    @Test func replicasShareWhatTheyKnow() {
        let store = LimitEngine.memory(MemoryStore(capacity: 100))
        let settings = FailedCredentialSettings(
            isEnabled: true, quota: Quota(tokens: 1, period: 3_600_000_000, burst: 3))
        let (one, two) = (FailureThrottle(settings, store: store), FailureThrottle(settings, store: store))
        let (address, owner) = (ClientAddress(ipv4: 0xCB00_7109), Digest128(high: 1, low: 2))
        one.failed(from: address, owner)
        one.failed(from: address, owner)
        #expect(one.wait(for: owner) == nil)
        #expect(two.wait(for: owner) == nil)
        two.failed(from: address, owner)
        #expect(two.wait(for: owner) == 3_600)
        #expect(one.isEmpty)
        #expect(one.wait(for: Digest128(high: 3, low: 4)) == nil)
    }
}
