import Foundation
import Testing

/// Rows of docs/frameworks.md that say what becomes of requests: Postern serves the framework's file, and is asked.
@Suite(.serialized, .needs(.postern, .frameworks))
struct FrameworkRequestTests {
    private let scratch: ScratchFolder
    private let keys: FrameworkKeys

    init() throws {
        scratch = try ScratchFolder()
        keys = try FrameworkKeys(scratch: scratch)
    }

    private static let secrets = ["JWT_SECRET_KEY": FrameworkKeys.secret, "JWT_ALGORITHM": "HS256"]

    private func token(_ user: String) throws -> HTTPClient.Header {
        let tokens = try keys.tokens(
            [["claims": ["user_id": user]]], defaults: ["alg": "HS256", "key": "secret", "seconds": ["exp": 600]])
        return ("Authorization", "Bearer \(tokens[0])")
    }

    private func agentFlow(_ members: String) throws -> FrameworkPostern {
        let file = try scratch.write("{\"agent\": \"a:b\", \"auth\": \"jwt\", \(members)}\n", to: "agentflow.json")
        return try FrameworkPostern(file, environment: Self.secrets, scratch: scratch)
    }

    private func check(_ members: String) throws -> Command {
        let file = try scratch.write("{\"agent\": \"a:b\", \"auth\": \"jwt\", \(members)}\n", to: "agentflow.json")
        let variables = Self.secrets.map { "\($0)=\($1)" }
        return try Command("env", variables + [Tool.postern.locate(), "check-config", file], scratch: scratch)
    }

    /// AG12: the issuer's key without its name; another key is not the issuer's for having none.
    @Test func aTokenWithoutKidIsTried() throws {
        let text = """
            auth:
              mode: oauth2
              oauth2: {issuer: 'https://issuer.test', audience: agents, jwks_uri: '{jwks}', algorithms: [ES256]}

            """
        let file = try scratch.write(keys.filled(text), to: "gateway.yaml")
        let postern = try FrameworkPostern(file, environment: [:], scratch: scratch)
        let claims = ["iss": "https://issuer.test", "aud": "agents", "sub": "alice", "scope": "agents:read"]
        let tokens = try keys.tokens(
            [[:], ["key": "other"], ["alg": "HS256", "key": "secret"], ["header": ["kid": "{kid}"]]],
            defaults: ["alg": "ES256", "key": "good", "claims": claims, "seconds": ["iat": 0, "exp": 600]])
        let answers = try tokens.map { token in
            try HTTPClient.once(
                port: postern.port, "GET", "/envoy/v1/agents", [("Authorization", "Bearer \(token)")])
        }
        #expect(answers.map(\.status) == [200, 401, 401, 200])
        #expect(answers[0]["X-Auth-User-Id"] == "alice")
    }

    /// AF8: whose a thread is decides the agent, which hears who asks; nobody's word about that gets through.
    @Test func ownershipIsTheAgents() throws {
        let postern = try agentFlow("\"authorization\": \"ownership\"")
        let claimed = ("X-Auth-User-Id", "bob")
        for path in ["/v1/threads/bobs", "/v1/threads/bobs/state"] {
            let answer = try HTTPClient.once(port: postern.port, "GET", "/envoy" + path, [try token("alice"), claimed])
            #expect(answer.status == 200)
            #expect(answer.head.all("X-Auth-User-Id") == ["alice"])
            #expect(try HTTPClient.once(port: postern.port, "GET", "/envoy" + path, [claimed]).status == 401)
        }
    }

    private static func limit(_ members: String) -> String {
        "\"rate_limit\": {\"requests\": 2, \"trusted_proxy_headers\": true, \"trusted_proxy_hops\": 2\(members)}"
    }

    /// AF10: with all proxies named, as the framework counts; whatever else a client writes to the left means nothing.
    @Test func namedProxiesAreWhatHopsAre() throws {
        let postern = try agentFlow(Self.limit(", \"trusted_proxies\": [\"10.0.0.0/8\"]"))
        let token = try token("alice")
        let statuses = try [
            "203.0.113.1, 10.0.0.9", "198.51.100.7, 203.0.113.1, 10.0.0.9", "10.0.0.1, 203.0.113.1, 10.1.1.1",
            "203.0.113.2, 10.0.0.9",
        ].map { chain in
            try HTTPClient.once(
                port: postern.port, "GET", "/envoy/v1/graph", [token, ("X-Forwarded-For", chain)]
            ).status
        }
        #expect(statuses == [200, 200, 429, 200])
    }

    /// AF10: and with one that is not, everybody behind it has its address, which is said beforehand.
    @Test func anUnnamedProxyIsTheClient() throws {
        let said = try check(Self.limit(""))
        #expect(said.status == 0)
        #expect(said.errors.contains("agentflow.json:1:"), "\(said.errors)")
        #expect(said.errors.contains("warning: `trusted_proxy_hops` has no effect"), "\(said.errors)")
        let postern = try agentFlow(Self.limit(""))
        let token = try token("alice")
        let statuses = try (1...3).map { client in
            try HTTPClient.once(
                port: postern.port, "GET", "/envoy/v1/graph",
                [token, ("X-Forwarded-For", "203.0.113.\(client), 10.0.0.9")]
            ).status
        }
        #expect(statuses == [200, 200, 429])
    }

    /// AF11: said with its place, and what the shell has is enough.
    @Test func aMissingFileOfVariablesIsWarnedOf() throws {
        let said = try check("\"env\": \".env.missing\"")
        #expect(said.status == 0)
        let words = "agentflow.json:1:40: warning: `env` names a file that is not there\n"
        #expect(said.errors.hasSuffix(words), "\(said.errors)")
        let postern = try agentFlow("\"env\": \".env.missing\"")
        #expect(try HTTPClient.once(port: postern.port, "GET", "/envoy/v1/graph", [try token("a")]).status == 200)
        #expect(try HTTPClient.once(port: postern.port, "GET", "/envoy/v1/graph").status == 401)
        _ = try scratch.write("X=1\n", to: ".env.missing")
        #expect(try !check("\"env\": \".env.missing\"").errors.contains("`env`"))
    }

    /// AF15: a window's number at once, then one at a time; never twice the number in any window. The framework would
    /// let nobody in before the window is over.
    @Test func aWindowIsABucket() throws {
        let (requests, window) = (3, 3.0)
        let postern = try agentFlow("\"rate_limit\": {\"requests\": \(requests), \"window\": 3, \"by\": \"user\"}")
        let client = try HTTPClient(port: postern.port)
        let token = try token("alice")
        var statuses: [Int] = []
        let start = Date()
        while Date().timeIntervalSince(start) < window {
            statuses.append(try client.request("GET", "/envoy/v1/graph", [token]).status)
            Thread.sleep(forTimeInterval: 0.05)
        }
        #expect(statuses.prefix(requests + 1) == [200, 200, 200, 429])
        let allowed = statuses.count { $0 == 200 }
        #expect(allowed > requests)
        #expect(allowed <= requests * 2)
    }

    /// AF16: handshakes count against the limit, and open WebSockets against nothing.
    @Test func handshakesAreCountedAndSocketsAreNot() throws {
        let members = "\"websocket\": {\"max_connections\": 1}, \"rate_limit\": {\"requests\": 2, \"by\": \"user\"}"
        #expect(try check(members).errors.contains("warning: `max_connections` is left to the agent"))
        let postern = try agentFlow(members)
        let headers = WebSocket.handshake + [try token("alice")]
        let statuses = try (0..<3).map { _ in
            try HTTPClient.once(port: postern.port, "GET", "/envoy/v1/graph/ws", headers).status
        }
        #expect(statuses == [200, 200, 429])
    }
}
