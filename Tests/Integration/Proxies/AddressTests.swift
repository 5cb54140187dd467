import Testing

/// Gate rules 4 to 6: who asks from where, and for what, is the proxy's word and never the client's.
@Suite(.serialized, .needs(.postern, .envoy, .nginx, .caddy))
struct AddressTests {
    static let perAddress = 3

    /// Three an hour for each address. Only the proxy's own address is trusted, so that 127.0.0.2 is a client.
    static let policy = """
        trusted_proxies: [127.0.0.1/32]
        auth:
          mode: none
        limits:
          - {name: probe, per: address, rate: \(perAddress)/hour}
        """

    @Test(arguments: ProxyKind.allCases)
    func nobodyLeavesTheirBucketByNamingAnother(_ kind: ProxyKind) throws {
        let gateway = try Gateway(kind, configuration: Self.policy)
        let names = ["X-Forwarded-For", "X-Real-IP", "x-postern-client-addr", "Forwarded", "CF-Connecting-IP"]
        let client = try HTTPClient(port: gateway.proxy.port, host: 2)
        for turn in 0..<(2 * Self.perAddress) {
            let forged = "203.0.113.\(turn + 1)"
            let headers = names.map { ($0, $0 == "Forwarded" ? "for=\(forged)" : forged) }
            let answer = try client.request("GET", "/a", headers)
            #expect(answer.status == (turn < Self.perAddress ? 200 : 429), "request \(turn)")
        }
        let neighbour = try HTTPClient(port: gateway.proxy.port, host: 3)
        #expect(try neighbour.request("GET", "/a").status == 200, "each address has its own")
        #expect(try gateway.postern.metrics().sum("postern_unknown_addresses_total") == 0)
    }

    /// The dialects' own headers, sent by a client.
    @Test(arguments: ProxyKind.allCases)
    func nobodyIsAskedAboutAnotherRequest(_ kind: ProxyKind) throws {
        let gateway = try Gateway(kind)
        let forged: [HTTPClient.Header] = [
            ("X-Original-URI", "/public/a"), ("X-Original-URL", "http://agent.test/public/a"),
            ("X-Original-Method", "GET"), ("X-Forwarded-Uri", "/public/a"), ("X-Forwarded-Method", "GET"),
            ("X-Forwarded-Host", "public.test"), ("X-Authz-Status", "200"), ("X-Rewrite-URL", "/public/a"),
            ("X-Envoy-Original-Path", "/public/a"), ("X-HTTP-Method-Override", "GET"),
        ]
        for header in forged.map({ [$0] }) + [forged, forged + forged] {
            #expect(try gateway.ask("DELETE", "/admin/a", header).status == 401, "\(header)")
            let known = header + [("X-API-Key", Gateway.userKey)]
            #expect(try gateway.ask("DELETE", "/admin/a", known).status == 403, "\(header)")
        }
        #expect(gateway.agent.requests.isEmpty)
    }

    /// A route for one host, asked for in the name of another.
    @Test(arguments: ProxyKind.allCases)
    func nobodyChoosesTheHostBesideHost(_ kind: ProxyKind) throws {
        let gateway = try Gateway(
            kind, configuration: Gateway.policy + "\n  - {path: \"/\(Self.hosted)/**\", hosts: [agent.test]}")
        let key: HTTPClient.Header = ("X-API-Key", Gateway.userKey)
        #expect(try gateway.ask("GET", "/\(Self.hosted)/a", [key]).status == 200, "the client's Host is agent.test")
        let elsewhere = try Gateway(
            kind, configuration: Gateway.policy + "\n  - {path: \"/\(Self.hosted)/**\", hosts: [other.test]}")
        for name in ["X-Forwarded-Host", "X-Host", "X-Original-Host", "Forwarded"] {
            let header = (name, name == "Forwarded" ? "host=other.test" : "other.test")
            #expect(try elsewhere.ask("GET", "/\(Self.hosted)/a", [key, header]).status == 403, "\(name)")
        }
        #expect(elsewhere.agent.requests.isEmpty)
    }

    private static let hosted = "hosted"
}
