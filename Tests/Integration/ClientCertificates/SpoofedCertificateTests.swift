import Testing

extension Live {
    /// Whatever a client writes into the headers of certificates, it is who its TLS says, or nobody.
    @Suite(.needs(.envoy, .nginx), .needs(commands: "curl", "openssl"))
    struct SpoofedCertificateTests {
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
                for name in ["ssl-client-cert", "Client-Cert", "Client-Cert-Chain", "X-Forwarded-Client-Cert"] {
                    #expect(request.all(name).allSatisfy { $0.isEmpty }, "\(name) of \(forgery)")
                }
            }
        }
    }
}
