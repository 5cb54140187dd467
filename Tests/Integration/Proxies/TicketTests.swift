import Testing

/// What a check holds is told to the agent by Postern alone, and what it reserves is not for its client to say.
@Suite(.serialized, .needs(.postern, .envoy, .nginx, .caddy))
struct TicketTests {
    private static let policy = """
        reserve_header: X-Postern-Reserve
        auth:
          mode: api_key
          api_keys: {keys: [{id: alice, key: \(Gateway.userKey)}]}
        routes: [{path: "/invoke/**"}]
        limits: [{name: tokens, per: subject, rate: 100/day, settle: {estimate: 7, expires_seconds: 60}}]
        """

    @Test(arguments: ProxyKind.allCases)
    func theAgentSeesTheTicketAndTheEstimateIsReserved(_ kind: ProxyKind) throws {
        let gateway = try Gateway(kind, configuration: Self.policy)
        let forged = IdentityTests.forged
        let answer = try gateway.ask(
            "GET", "/invoke/a",
            [("X-API-Key", Gateway.userKey), ("X-Postern-Ticket", forged), ("X-Postern-Reserve", "0")])
        #expect(answer.status == 200)
        let tickets = try #require(gateway.agent.requests.first).all("X-Postern-Ticket")
        #expect(tickets.count == 1)
        #expect(tickets.first?.hasPrefix("A") == true && tickets.first != forged)
        #expect(answer["X-RateLimit-Remaining"] == "93", "the client's 0 is not believed")
        #expect(answer["X-Postern-Ticket"] == nil, "it is the agent's, not the client's")
    }
}
