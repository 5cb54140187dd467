import Testing

/// A WebSocket handshake that carries its token where a browser can put one.
@Suite(.serialized, .needs(.postern, .envoy, .nginx, .caddy))
struct HandshakeTests {
    private static let policy = Gateway.policy.replacing(
        "  api_keys:\n", with: "  websocket: {subprotocol: agentflow-bearer, query_parameter: token}\n  api_keys:\n")
    private let key = Gateway.userKey

    private func shake(
        _ gateway: Gateway, _ target: String, _ headers: [HTTPClient.Header] = []
    ) throws -> HTTPAnswer {
        try gateway.client().request("GET", target, WebSocket.handshake + headers)
    }

    /// The agent is offered the word alone, and learns who is asking.
    @Test(arguments: [ProxyKind.envoy, .nginx])
    func offeredTokenEndsAtTheGate(_ kind: ProxyKind) throws {
        let gateway = try Gateway(kind, configuration: Self.policy)
        let answer = try shake(gateway, "/invoke/a", [("Sec-WebSocket-Protocol", "agentflow-bearer, \(key)")])
        #expect(answer.status == 101)
        let request = try #require(gateway.agent.requests.first)
        #expect(request.all("Sec-WebSocket-Protocol") == ["agentflow-bearer"])
        #expect(request.all("X-Auth-User-Id") == ["alice"])
        for (name, value) in request.head.headers { #expect(!value.contains(key), "\(name)") }
        let wrong = try shake(gateway, "/invoke/a", [("Sec-WebSocket-Protocol", "agentflow-bearer, nobody")])
        #expect(wrong.status == 401)
        // An offer of something else is the agent's own affair.
        gateway.agent.forget()
        let other = [("Sec-WebSocket-Protocol", "graphql-ws"), ("X-API-Key", key)]
        #expect(try shake(gateway, "/invoke/a", other).status == 101)
        #expect(gateway.agent.requests.first?.all("Sec-WebSocket-Protocol") == ["graphql-ws"])
    }

    @Test(arguments: ProxyKind.allCases)
    func aTokenInTheQueryIsGoodForAHandshakeAlone(_ kind: ProxyKind) throws {
        let gateway = try Gateway(kind, configuration: Self.policy)
        #expect(try shake(gateway, "/invoke/a?token=\(key)").status == 101)
        #expect(gateway.agent.requests.first?.all("X-Auth-User-Id") == ["alice"])
        #expect(try shake(gateway, "/invoke/a?token=nobody").status == 401)
        #expect(try gateway.ask("GET", "/invoke/a?token=\(key)").status == 401)
        #expect(!gateway.postern.program.output.contains(key))
    }
}
