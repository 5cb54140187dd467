import Testing

/// The credential ends at the gate, whichever way it was carried.
@Suite(.serialized, .needs(.postern, .envoy, .nginx, .caddy))
struct CredentialTests {
    @Test(arguments: ProxyKind.allCases)
    func keyNeverReachesTheAgent(_ kind: ProxyKind) throws {
        let gateway = try Gateway(kind)
        let key = Gateway.userKey
        let carriers: [[HTTPClient.Header]] = [
            [("X-API-Key", key)], [("x-api-key", key)], [("Authorization", "Bearer \(key)")],
            [("authorization", "bEARER \(key)")],
        ]
        for carrier in carriers {
            gateway.agent.forget()
            #expect(try gateway.ask("GET", "/invoke/a", carrier).status == 200, "\(carrier)")
            let request = try #require(gateway.agent.requests.first)
            for (name, value) in request.head.headers { #expect(!value.contains(key), "\(name) after \(carrier)") }
        }
    }

    /// On a public path a key is not needed, and still nobody else's to read.
    @Test(arguments: ProxyKind.allCases)
    func keyNeverReachesTheAgentOnAPublicPath(_ kind: ProxyKind) throws {
        let gateway = try Gateway(kind)
        #expect(try gateway.ask("GET", "/public/a", [("X-API-Key", Gateway.userKey)]).status == 200)
        let request = try #require(gateway.agent.requests.first)
        #expect(request.all("X-API-Key").allSatisfy { $0.isEmpty })
    }

    /// Gate rule 8: which of two would count is nothing two programs agree on.
    @Test(arguments: ProxyKind.allCases)
    func twoCredentialsAreNotOne(_ kind: ProxyKind) throws {
        let gateway = try Gateway(kind)
        let twice = [("X-API-Key", Gateway.userKey), ("X-API-Key", Gateway.adminKey)]
        #expect(try gateway.ask("GET", "/invoke/a", twice).status == 401)
        #expect(try gateway.ask("GET", "/invoke/a", [("X-API-Key", "\(Gateway.userKey),x")]).status == 401)
        #expect(gateway.agent.requests.isEmpty)
        // A second carrier is removed unverified: the agent hears of neither.
        let mixed = [("X-API-Key", Gateway.userKey), ("Authorization", "Bearer \(Gateway.adminKey)")]
        let answer = try gateway.ask("GET", "/invoke/a", mixed)
        for request in gateway.agent.requests {
            #expect(request.all("X-API-Key").allSatisfy { $0.isEmpty })
            #expect(request.all("Authorization").allSatisfy { $0.isEmpty })
            #expect(request.all("X-Auth-User-Id") == ["alice"])
        }
        #expect(answer.status == 200 || gateway.agent.requests.isEmpty)
    }
}
