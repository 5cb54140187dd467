import Testing

/// Allow, 401, 403 and 429 as a client of each real proxy sees them, with the shipped files.
@Suite(.serialized, .needs(.postern, .envoy, .nginx, .caddy))
struct DecisionTests {
    @Test(arguments: ProxyKind.allCases)
    func answersAsPosternDecided(_ kind: ProxyKind) throws {
        let gateway = try Gateway(kind)
        let allowed = try gateway.ask("GET", "/invoke/a?q=1", [("X-API-Key", Gateway.userKey)])
        #expect(allowed.status == 200)
        #expect(allowed.json["target"] as? String == "/invoke/a?q=1")
        #expect(gateway.agent.requests.count == 1)

        let anonymous = try gateway.ask("GET", "/invoke/report.html")
        #expect(anonymous.status == 401)
        #expect(anonymous.head.all("WWW-Authenticate") == ["Bearer realm=\"postern\""])
        expectProblem(anonymous, 401)

        let wrong = try gateway.ask("GET", "/invoke/a", [("X-API-Key", "nobody-has-this-key")])
        #expect(wrong.status == 401)
        #expect(wrong["WWW-Authenticate"]?.contains("error=\"invalid_token\"") == true)
        expectProblem(wrong, 401)

        let forbidden = try gateway.ask("GET", "/admin/x", [("X-API-Key", Gateway.userKey)])
        #expect(forbidden.status == 403)
        expectProblem(forbidden, 403)

        let ambiguous = try gateway.ask("GET", "/invoke/..%2fadmin", [("X-API-Key", Gateway.userKey)])
        #expect(ambiguous.status == 400)
        #expect(gateway.agent.requests.count == 1, "only the allowed request reached the agent")
    }

    @Test(arguments: ProxyKind.allCases)
    func limitsAndSaysWhatIsLeft(_ kind: ProxyKind) throws {
        let gateway = try Gateway(kind)
        let client = try gateway.client()
        for left in (0..<Gateway.limitedBurst).reversed() {
            let answer = try client.request("GET", "/invoke/a", [("Authorization", "bearer \(Gateway.limitedKey)")])
            #expect(answer.status == 200)
            #expect(answer.head.all("RateLimit").count == 1, "the agent's own is gone")
            #expect(answer["RateLimit"]?.contains(";r=\(left)") == true)
            #expect(answer["RateLimit-Policy"]?.contains(";q=\(Gateway.limitedBurst);w=3600") == true)
            #expect(answer.head.all("X-RateLimit-Remaining") == ["\(left)"])
        }
        let refused = try client.request("GET", "/invoke/a", [("Authorization", "Bearer \(Gateway.limitedKey)")])
        #expect(refused.status == 429)
        expectProblem(refused, 429)
        #expect(refused["RateLimit"]?.contains(";r=0") == true)
        #expect(refused["X-RateLimit-Limit"] == "\(Gateway.limitedBurst)")
        let wait = try #require(refused["Retry-After"].flatMap { Int($0) })
        #expect((1...720).contains(wait))
        #expect(gateway.agent.requests.count == Gateway.limitedBurst)
    }

    @Test(arguments: ProxyKind.allCases)
    func failsClosedWhenPosternIsGone(_ kind: ProxyKind) throws {
        let gateway = try Gateway(kind)
        #expect(try gateway.ask("GET", "/public/a").status == 200)
        gateway.postern.program.kill()
        gateway.agent.forget()
        for _ in 0..<3 {
            let answer = try gateway.ask("GET", "/invoke/a", [("X-API-Key", Gateway.userKey)])
            #expect(answer.status >= 500)
        }
        #expect(gateway.agent.requests.isEmpty)
    }

    private func expectProblem(_ answer: HTTPAnswer, _ status: Int) {
        #expect(answer["Content-Type"]?.hasPrefix("application/problem+json") == true)
        #expect(answer.json["status"] as? Int == status, "\(answer.text)")
        #expect((answer.json["title"] as? String)?.isEmpty == false)
    }
}
