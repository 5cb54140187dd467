import Domain
import Testing

@testable import Sidecar

/// Gate.md 13: nobody can say who it is, and what each proxy hears of it.
///
/// A Gate without services asks nobody, so that keys and endpoints are out of reach.
@Suite struct UndecidableTests {
    private static let keys = "jwt: {jwks_url: \"https://login.example/keys\", audience: agent}"
    private static let endpoint =
        "oauth2: {introspection_url: \"https://login.example/i\", client_id: postern, client_secret: a-client-secret-0}"
    private static let external = "external: {url: \"https://login.example/who\"}"

    private func yaml(_ mode: String, _ section: String, _ rule: String) -> String {
        """
        trusted_proxies: [loopback]
        auth:
          mode: \(mode)
          public_paths: [/health]
          on_undecidable: \(rule)
          \(section)
        routes: [{path: /any}]
        """
    }

    struct Mode: Sendable {
        var name: String
        var section: String
    }

    static let modes = [
        Mode(name: "jwt", section: keys), Mode(name: "oauth2", section: endpoint),
        Mode(name: "external", section: external),
    ]

    private func ask(_ mode: Mode, _ rule: String, _ line: String, _ headers: [String] = [], body: String = "") throws
        -> Answer
    {
        let port = try CheckPort(yaml(mode.name, mode.section, rule))
        let token = TestToken.bearer(TestToken.made())
        let now = try port.ask(line, headers + (body.isEmpty ? [token] : []), body: body)
        return now.text.isEmpty ? try port.settled() : now
    }

    @Test(arguments: modes, ["deny", "defer"])
    func eachProxyHearsWhatItUnderstands(_ mode: Mode, _ rule: String) throws {
        let reason = rule == "deny" ? "\"undecidable\"" : "\"undecidable_deferred\""
        let envoy = try ask(mode, rule, "GET /envoy/any")
        // A 5xx is Envoy's own failure mode: only `defer` lets it decide.
        #expect(envoy.status == (rule == "deny" ? 403 : 503))
        #expect(envoy.body.contains(reason))
        let nginx = try ask(mode, rule, "GET /nginx", ["X-Original-Method: GET", "X-Original-URI: /any"])
        #expect(nginx.status == 403)
        #expect(nginx["X-Authz-Status"] == "503")
        #expect(nginx["X-Authz-Problem"]?.contains(reason) == true)
        let forward = try ask(mode, rule, "GET /forward", ["X-Forwarded-Method: GET", "X-Forwarded-Uri: /any"])
        #expect(forward.status == 503)
        let text =
            #"{"method":"GET","path":"/any","headers":{"authorization":"Bearer \#(TestToken.made())"}}"#
        let json = try ask(mode, rule, "POST /v1/check", ["Content-Length: \(text.utf8.count)"], body: text)
        #expect(json.status == 503)
        for answer in [envoy, nginx, forward, json] {
            #expect(answer["Retry-After"] == "1")
            // Nothing is wrong with the credential, so none is asked for.
            #expect(answer["WWW-Authenticate"] == nil)
        }
    }

    @Test(arguments: modes)
    func isNotRememberedAndNotHeldAgainstAnybody(_ mode: Mode) throws {
        let port = try CheckPort(yaml(mode.name, mode.section, "deny"))
        let headers = [TestToken.bearer(TestToken.made()), "X-Forwarded-For: 203.0.113.9"]
        for _ in 0..<3 {
            let now = try port.ask("GET /envoy/any", headers)
            #expect((now.text.isEmpty ? try port.settled() : now).body.contains("\"undecidable\""))
        }
        #expect(port.worker.authentication.refused.count == 0)
        #expect(port.worker.authentication.throttle.failures == 0)
        #expect(port.worker.authentication.counters.undecidable == 3)
    }

    @Test(arguments: modes, ["deny", "defer"])
    func onAPublicPathItIsAnonymous(_ mode: Mode, _ rule: String) throws {
        let answer = try ask(mode, rule, "GET /envoy/health")
        #expect(answer.status == 200)
        #expect(answer["X-Auth-User-Id"] == nil)
    }

    /// What needs nobody's word is refused for what it is.
    @Test func aTokenThatIsNoneIsRefusedWithoutAnybodysWord() throws {
        let mode = UndecidableTests.modes[0]
        let port = try CheckPort(yaml(mode.name, mode.section, "defer"))
        let answer = try port.ask("GET /envoy/any", ["Authorization: Bearer eyJ.garbage.x"])
        #expect(answer.status == 401)
        #expect(answer.body.contains("\"token_malformed\""))
    }
}
