import Foundation
import Testing

/// Each framework's real application behind a proxy, with Postern reading the file that the application's auth was
/// written in, and that auth turned off in the application's own.
@Suite(.serialized, .needs(.postern, .python, .frameworks, .nginx, .envoy))
struct RealAppTests {
    private static let proxies = [ProxyKind.nginx, .envoy]

    @Test func dockrion() throws {
        let app = try RealApp(.dockrion, inside: DockrionFiles.inside)
        func token(_ subject: String, _ role: String) -> [String: Any] {
            ["claims": ["sub": subject, "roles": [role]]]
        }
        let tokens = try app.keys.tokens(
            [token("alice", "user"), token("root", "admin"), token("eve", "viewer")], defaults: DockrionFiles.token)
        for proxy in Self.proxies {
            let house = try House(app, proxy, DockrionFiles.outside, environment: ["JWT_PUBLIC_KEY": "{public}"])
            func invoke(_ token: String?) throws -> String { try house.ask("POST", "/invoke", token, body: "{}") }
            #expect(try invoke(nil) == "401 MISSING_CREDENTIALS")
            #expect(try invoke("garbage") == "401 TOKEN_INVALID")
            #expect(try invoke(tokens[2]) == "403 INSUFFICIENT_PERMISSIONS")
            // Two a minute for users, and a thousand for admins.
            #expect(try (0..<3).map { _ in try invoke(tokens[0]) } == ["200", "200", "429 RATE_LIMIT_EXCEEDED"])
            #expect(try (0..<4).map { _ in try invoke(tokens[1]) } == ["200", "200", "200", "200"])
            #expect(try house.ask("GET", "/health", nil) == "200")
        }
    }

    /// Without roles: what tells callers apart is their scopes, and the limit is an address's, as the file says.
    @Test func agentGateway() throws {
        let app = try RealApp(.agentGateway, inside: "auth:\n  enabled: false\n")
        for proxy in Self.proxies {
            let house = try House(app, proxy, AgentGatewayFiles.outside)
            func agents(_ key: String?) throws -> String { try house.ask("GET", "/v1/agents", key) }
            #expect(try agents(nil) == "401 auth_required")
            #expect(try agents("nobodys-key-0123456789") == "401 invalid_credentials")
            #expect(try agents("helper-key-0123456789") == "403 Insufficient scopes")
            let answers = try (0..<3).map { _ in try agents("reader-key-0123456789") }
            #expect(answers == ["200", "200", "429 Rate limit exceeded"])
        }
    }

    @Test func agentflow() throws {
        let app = try RealApp(
            .agentflow, inside: try Repository.text("deploy/agentflow/agentflow.json"),
            files: ["graph/postern_auth.py": try Repository.text("deploy/agentflow/postern_auth.py")])
        func token(_ user: String, _ role: String) -> [String: Any] {
            ["claims": ["user_id": user, "roles": [role]]]
        }
        let tokens = try app.keys.tokens(
            [token("alice", "reader"), token("root", "admin"), token("bob ünder", "admin")],
            defaults: AgentFlowFiles.token)
        let environment = ["JWT_SECRET_KEY": "{secret}", "JWT_ALGORITHM": "HS256"]
        for proxy in Self.proxies {
            let house = try House(app, proxy, AgentFlowFiles.outside, environment: environment)
            func graph(_ token: String?) throws -> String { try house.ask("GET", "/v1/graph", token) }
            func invoke(_ token: String?) throws -> String {
                try house.ask("POST", "/v1/graph/invoke", token, body: AgentFlowFiles.question)
            }
            #expect(try graph(nil) == "401 REVOKED_TOKEN")
            #expect(try graph("garbage") == "401 INVALID_TOKEN")
            #expect(try graph(tokens[0]) == "200")
            #expect(try invoke(tokens[0]) == "403 HTTPException")
            #expect(try (0..<4).map { _ in try invoke(tokens[1]) } == ["200", "200", "200", "429 RATE_LIMIT_EXCEEDED"])
            #expect(try invoke(tokens[2]) == "200")
            // A browser's handshake: the token is taken from the offer, and the agent confirms what is left of it.
            let offer = [("Sec-WebSocket-Protocol", "agentflow-bearer, \(tokens[2])")]
            #expect(try house.shake("/v1/graph/ws", offer) == "101 agentflow-bearer")
            #expect(try house.shake("/v1/graph/ws?token=\(tokens[2])", []) == "101")
            #expect(try house.shake("/v1/graph/ws", []) == "401")
            #expect(try house.ask("GET", "/ping", nil) == "200")
        }
        // Past the proxy nobody is anybody.
        #expect(try HTTPClient.once(port: app.port, "GET", "/v1/graph").status == 401)
    }
}

/// The application, with its own auth turned off.
private final class RealApp {
    let kind: FrameworkKind
    let keys: FrameworkKeys
    private let framework: Framework
    private let scratch: ScratchFolder

    /// - Parameter inside: the application's own file.
    init(_ kind: FrameworkKind, inside: String, files: [String: String] = [:]) throws {
        let scratch = try ScratchFolder()
        (self.kind, self.scratch) = (kind, scratch)
        keys = try FrameworkKeys(scratch: scratch)
        try scratch.makeFolder("app/graph")
        for (name, text) in files { try scratch.write(text, to: "app/\(name)") }
        framework = try Framework(kind, inside, environment: [:], scratch: scratch)
    }

    var port: UInt16 { framework.port }
}

/// Proxy → Postern, and proxy → the real application.
private final class House {
    private let kind: FrameworkKind
    private let postern: FrameworkPostern
    private let proxy: Proxy
    private let scratch: ScratchFolder

    /// - Parameter outside: the file that Postern reads.
    init(_ app: RealApp, _ proxyKind: ProxyKind, _ outside: String, environment: [String: String] = [:]) throws {
        let scratch = try ScratchFolder()
        (kind, self.scratch) = (app.kind, scratch)
        let file = try scratch.write(app.keys.filled(outside), to: kind.file)
        postern = try FrameworkPostern(
            file, environment: environment.mapValues(app.keys.filled), scratch: scratch)
        proxy = try Proxy(proxyKind, agent: app.port, postern: postern.port)
    }

    func ask(_ method: String, _ path: String, _ bearer: String?, body: String = "") throws -> String {
        var headers = [("Content-Type", "application/json")]
        if let bearer { headers.append(("Authorization", "Bearer \(bearer)")) }
        let answer = try HTTPClient.once(port: proxy.port, method, path, headers, body: Array(body.utf8))
        return kind.outcome(answer)
    }

    /// The status of a WebSocket handshake, and the subprotocol that was confirmed.
    func shake(_ path: String, _ headers: [HTTPClient.Header]) throws -> String {
        let client = try HTTPClient(port: proxy.port)
        let answer = try client.request("GET", path, WebSocket.handshake + headers)
        return [String(answer.status), answer["Sec-WebSocket-Protocol"]].compactMap(\.self).joined(separator: " ")
    }
}

private enum DockrionFiles {
    private static let agent = """
        version: '1.0'
        agent: {name: helper, handler: 'agent:handle', framework: custom}
        io_schema:
          input: {type: object, properties: {text: {type: string}}}
          output: {type: object, properties: {answer: {type: string}}}
        expose: {rest: true, streaming: sse}

        """
    static let inside = agent + "auth: {mode: none}\n"
    static let outside =
        agent + """
            auth:
              mode: jwt
              jwt: {public_key_env: JWT_PUBLIC_KEY, algorithms: [ES256], claims: {roles: roles}}
              roles:
                - {name: user, permissions: [invoke]}
                - {name: admin, permissions: [invoke, view_metrics]}
                - {name: viewer, permissions: [view_metrics]}
              rate_limits: {user: 2/minute, admin: 1000/hour, default: 1/m}

            """
    static var token: [String: Any] { ["alg": "ES256", "key": "good", "seconds": ["iat": 0, "exp": 600]] }
}

private enum AgentGatewayFiles {
    static let outside = """
        auth:
          mode: api_key
          api_keys:
            - {name: reader, key: reader-key-0123456789, scopes: ['agents:read']}
            - {name: other, key: other-key-0123456789a, scopes: ['*']}
            - {name: helper, key: helper-key-0123456789, scopes: ['agents:invoke:helper']}
        rate_limit: {enabled: true, default_limit: 2/minute}

        """
}

private enum AgentFlowFiles {
    static let outside = """
        {"agent": "graph.react:app", "auth": "jwt",
         "authorization": {"backend": "rbac", "roles": {"reader": ["graph:read"], "admin": ["*"]}},
         "rate_limit": {"requests": 3, "window": 60, "by": "user"}}

        """
    static var token: [String: Any] { ["alg": "HS256", "key": "secret", "seconds": ["exp": 600]] }
    static let question = #"{"messages": [{"role": "user", "content": [{"type": "text", "text": "hello"}]}]}"#
}
