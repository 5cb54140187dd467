import Testing

extension Live {
    /// Client certificates through the real proxies that end mutual TLS.
    @Suite(.needs(.envoy, .nginx), .needs(commands: "curl", "openssl"))
    struct MutualTLSTests {
        static let proxies: [ProxyKind] = [.nginx, .envoy]

        @Test(arguments: proxies)
        func aCertificateSaysWhoItIs(_ kind: ProxyKind) throws {
            let gateway = try CertificateGateway(kind)
            let allowed = try gateway.ask("/invoke/a", as: .planner)
            #expect(allowed.status == 200, "\(allowed.errors) \(allowed.body)")
            let request = try #require(gateway.agent.requests.first)
            #expect(request.all("X-Auth-User-Id") == [ClientAuthority.planner])
            #expect(request.all("X-Auth-Method") == ["mtls"])
            #expect(request.all("X-Auth-Roles") == ["agent"])
            #expect(request.all("X-Auth-Tenant-Id") == ["acme"])

            gateway.agent.forget()
            #expect(try gateway.ask("/invoke/a", as: .guest).status == 403)
            #expect(gateway.agent.requests.isEmpty)
            #expect(try gateway.ask("/look/a", as: .guest).status == 200)
            #expect(gateway.agent.requests.first?.all("X-Auth-User-Id") == [ClientAuthority.guest])
        }

        /// The proxy asks no revocation list; Postern does.
        @Test(arguments: proxies)
        func aRevokedCertificateIsRefused(_ kind: ProxyKind) throws {
            let gateway = try CertificateGateway(kind)
            let refused = try gateway.ask("/look/a", as: .revoked)
            #expect(refused.status == 401, "\(refused.errors) \(refused.body)")
            #expect(gateway.agent.requests.isEmpty)
        }

        @Test(arguments: proxies)
        func theProxyTurnsStrangersAway(_ kind: ProxyKind) throws {
            let gateway = try CertificateGateway(kind)
            for client in [ClientAuthority.Client.stranger, nil] {
                #expect(try gateway.ask("/look/a", as: client).status != 200)
            }
            #expect(gateway.agent.requests.isEmpty)
            #expect(try gateway.postern.metrics().sum("postern_checks_total") == 0)
        }

        /// A proxy set up to verify nothing is caught.
        @Test(arguments: proxies)
        func posternVerifiesWhatTheProxyDidNot(_ kind: ProxyKind) throws {
            let gateway = try CertificateGateway(kind, demand: .unverified)
            #expect(try gateway.ask("/look/a", as: .stranger).status == 401)
            #expect(try gateway.ask("/look/a", as: nil).status == 401)
            #expect(gateway.agent.requests.isEmpty)
            #expect(try gateway.ask("/look/a", as: .planner).status == 200)
        }

        /// Without `ca_file` Envoy's word is taken, for better or worse: it has no revocation list.
        @Test func withoutAuthoritiesEnvoysWordIsTaken() throws {
            let gateway = try CertificateGateway(.envoy, trustingTheProxy: true)
            #expect(try gateway.ask("/look/a", as: .guest).status == 200)
            #expect(try gateway.ask("/look/a", as: .revoked).status == 200)
            #expect(try gateway.ask("/look/a", as: .stranger).status != 200)
        }
    }
}
