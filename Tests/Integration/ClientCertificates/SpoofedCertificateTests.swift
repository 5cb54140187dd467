import Testing

extension Live {
    /// Whatever a client writes into the headers of certificates, it is who its TLS says, or nobody.
    @Suite(.needs(.envoy, .nginx), .needs(commands: "curl", "openssl"))
    struct SpoofedCertificateTests {
        private static let carriers = [
            "X-Forwarded-Client-Cert", "ssl-client-cert", "Client-Cert", "Client-Cert-Chain",
        ]

        /// An agent in Postern's place sees the checks as Postern would: the client's headers have made no difference.
        @Test(arguments: MutualTLSTests.proxies, [ClientAuthority.Client.guest, nil])
        func noForgeryReachesPostern(_ kind: ProxyKind, _ client: ClientAuthority.Client?) throws {
            let (scratch, agent, postern) = (try ScratchFolder(), try Agent(), try Agent())
            let authority = try ClientAuthority(scratch)
            let proxy = try CertificateProxy(
                kind, authority, demand: .optional, agent: agent.port, postern: postern.port)
            func check(_ headers: [String]) throws -> [[String]]? {
                postern.forget()
                let headers = headers.flatMap { ["-H", $0] }
                let url = "https://127.0.0.1:\(proxy.port)/look/a"
                let answer = try Curl(authority.arguments(client) + headers + [url], scratch: scratch)
                if kind == .envoy, answer.status == 400 { return nil }
                let request = try #require(postern.requests.first, "\(answer.errors) \(answer.body)")
                return Self.carriers.map { request.all($0).filter { !$0.isEmpty } }
            }
            let honest = try #require(try check([]))
            let expected = kind == .envoy ? 0 : 1
            for (index, values) in honest.enumerated() {
                #expect(values.count == (index == expected && client != nil ? 1 : 0), "\(Self.carriers[index])")
            }
            for forgery in try authority.forgeries(of: .planner) {
                let seen = try check(forgery)
                #expect(seen == nil || seen == honest, "\(forgery)")
            }
        }

        @Test(arguments: MutualTLSTests.proxies)
        func aGuestStaysAGuest(_ kind: ProxyKind) throws {
            let gateway = try CertificateGateway(kind)
            for forgery in try gateway.authority.forgeries(of: .planner) {
                gateway.agent.forget()
                let forbidden = try gateway.ask("/invoke/a", as: .guest, forgery)
                #expect(forbidden.status != 200, "\(forgery)")
                #expect(gateway.agent.requests.isEmpty, "\(forgery)")
                let allowed = try gateway.ask("/look/a", as: .guest, forgery)
                // Envoy refuses underscores outright.
                #expect(allowed.status == 200 || (kind == .envoy && allowed.status == 400), "\(forgery)")
                for request in gateway.agent.requests {
                    #expect(request.all("X-Auth-User-Id") == [ClientAuthority.guest], "\(forgery)")
                    #expect(request.all("X-Auth-Tenant-Id").allSatisfy { $0.isEmpty }, "\(forgery)")
                }
            }
        }

        @Test(arguments: MutualTLSTests.proxies)
        func nobodyStaysNobody(_ kind: ProxyKind) throws {
            let gateway = try CertificateGateway(kind, demand: .optional)
            for forgery in try gateway.authority.forgeries(of: .planner) {
                let refused = try gateway.ask("/look/a", as: nil, forgery)
                #expect(refused.status == 401 || (kind == .envoy && refused.status == 400), "\(forgery)")
            }
            #expect(gateway.agent.requests.isEmpty)
            #expect(try gateway.ask("/look/a", as: .guest).status == 200, "the gateway works")
        }

        /// The same through a proxy whose every word is believed.
        @Test func nobodyStaysNobodyOnEnvoysWord() throws {
            let gateway = try CertificateGateway(.envoy, demand: .optional, trustingTheProxy: true)
            for forgery in try gateway.authority.forgeries(of: .planner) {
                #expect([400, 401].contains(try gateway.ask("/look/a", as: nil, forgery).status), "\(forgery)")
                #expect(try gateway.ask("/invoke/a", as: .guest, forgery).status != 200, "\(forgery)")
            }
            #expect(gateway.agent.requests.isEmpty)
        }

        /// What the proxy told Postern is no business of nginx's agent, and what a client made up is nobody's.
        @Test func nginxsAgentSeesNoForgery() throws {
            let gateway = try CertificateGateway(.nginx)
            for forgery in try gateway.authority.forgeries(of: .planner) {
                gateway.agent.forget()
                _ = try gateway.ask("/look/a", as: .guest, forgery)
                let request = try #require(gateway.agent.requests.first)
                for name in Self.carriers {
                    #expect(request.all(name).allSatisfy { $0.isEmpty }, "\(name) of \(forgery)")
                }
            }
        }
    }
}
