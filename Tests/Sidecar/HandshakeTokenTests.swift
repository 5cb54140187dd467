import Domain
import Testing

@testable import Sidecar

/// Tokens in WebSocket handshakes: `auth.websocket`.
@Suite struct HandshakeTokenTests {
    private static let terms = ["websocket: {subprotocol: agentflow-bearer, query_parameter: token}"]

    private func port(_ log: CapturedLog? = nil) throws -> CheckPort {
        let yaml = TestToken.yaml(auth: Self.terms)
        return try log.map { try CheckPort(yaml, logger: $0.logger) } ?? CheckPort(yaml)
    }

    private func shake(_ port: CheckPort, _ target: String, _ headers: [String] = []) throws -> Answer {
        try port.ask("GET /envoy\(target)", ["Upgrade: websocket"] + headers)
    }

    private func offer(_ token: String) -> String { "Sec-WebSocket-Protocol: agentflow-bearer, \(token)" }

    @Test func isTakenFromWhatIsOfferedAndTakenOut() throws {
        let (port, token) = (try port(), TestToken.made())
        for offered in [offer(token), "sec-websocket-protocol: agentflow-bearer,\(token)"] {
            let answer = try shake(port, "/any", [offered])
            #expect(answer.status == 200)
            #expect(answer["X-Auth-User-Id"] == "alice")
            #expect(answer["Sec-WebSocket-Protocol"] == "agentflow-bearer")
        }
        #expect(try shake(port, "/any", [offer(TestToken.bad())]).status == 401)
        #expect(try shake(port, "/any", ["Sec-WebSocket-Protocol: graphql-ws, \(token)"]).status == 401)
        #expect(try shake(port, "/any", ["Sec-WebSocket-Protocol: agentflow-bearer"]).status == 401)
    }

    @Test func isTakenFromTheQuery() throws {
        let (port, token) = (try port(), TestToken.made())
        for target in ["/any?token=\(token)", "/any?a=b&token=\(token)&c"] {
            let answer = try shake(port, target)
            #expect(answer.status == 200)
            #expect(answer["Sec-WebSocket-Protocol"] == nil)
        }
        #expect(try shake(port, "/any?token=\(TestToken.bad())").status == 401)
        #expect(try shake(port, "/any?tokens=\(token)&xtoken=\(token)").status == 401)
        let headers = ["X-Original-Method: GET", "X-Original-URI: /any?token=\(token)", "Upgrade: WebSocket"]
        #expect(try port.ask("GET /nginx", headers).status == 200)
    }

    /// Elsewhere a query is nobody's credential, and subprotocols mean nothing.
    @Test func countsInHandshakesOnly() throws {
        let (port, token) = (try port(), TestToken.made())
        #expect(try port.ask("GET /envoy/any?token=\(token)").status == 401)
        #expect(try port.ask("GET /envoy/any", [offer(token)]).status == 401)
        #expect(try port.ask("GET /envoy/any?token=\(token)", ["Upgrade: h2c"]).status == 401)
        let off = try CheckPort(TestToken.yaml())
        #expect(try shake(off, "/any?token=\(token)", [offer(token)]).status == 401)
    }

    /// A bad credential is not rescued by a good one; what cannot be taken out again may stand beside nothing.
    @Test func secondOnesAreRefusedOrRemoved() throws {
        let (port, token) = (try port(), TestToken.made())
        let both = try shake(port, "/any", [TestToken.bearer(token), offer("whatever")])
        #expect(both.status == 200)
        #expect(both["Sec-WebSocket-Protocol"] == "agentflow-bearer")
        #expect(try shake(port, "/any", [TestToken.bearer(TestToken.bad()), offer(token)]).status == 401)
        #expect(try shake(port, "/any?token=\(token)", [TestToken.bearer(token)]).status == 401)
        #expect(try shake(port, "/any?token=\(token)", [offer(token)]).status == 401)
        #expect(try shake(port, "/any?token=\(token)&token=\(token)").status == 401)
        #expect(try shake(port, "/any", [offer(token), offer(token)]).status == 401)
        let headers = ["X-Original-Method: GET", "X-Original-URI: /any", "Upgrade: websocket"]
        let nginx = try port.ask("GET /nginx", headers + [TestToken.bearer(token), offer(token)])
        #expect(nginx.status == 401)
        #expect(nginx["X-Authz-Problem"]?.contains("second_credential") == true)
    }

    /// On a public path nobody is judged, and still nothing unjudged reaches the agent in a header.
    @Test func isTakenOutOnPublicPathsToo() throws {
        let answer = try shake(try port(), "/health", [offer("whatever")])
        #expect(answer.status == 200)
        #expect(answer["Sec-WebSocket-Protocol"] == "agentflow-bearer")
    }

    @Test func documentsMayDescribeAHandshake() throws {
        let token = TestToken.made()
        let document =
            #"{"method":"GET","path":"/any","headers":{"Upgrade":"websocket","#
            + #""Sec-WebSocket-Protocol":"agentflow-bearer, \#(token)"}}"#
        let answer = try port().ask("POST /v1/check", ["Content-Length: \(document.utf8.count)"], body: document)
        #expect(answer.status == 200)
        #expect(answer.body.contains(#""Sec-WebSocket-Protocol":"agentflow-bearer""#))
        #expect(!answer.body.contains(token))
    }

    @Test func isNeverLogged() throws {
        let log = CapturedLog()
        let port = try port(log)
        let token = TestToken.bad()
        #expect(try shake(port, "/any?token=\(token)").status == 401)
        #expect(try shake(port, "/any", [offer(token)]).status == 401)
        #expect(!log.lines.isEmpty)
        for line in log.lines { #expect(!line.contains(token.suffix(40)) && !line.contains("token=")) }
    }
}
