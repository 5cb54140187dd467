import Testing

extension Live {
    /// Client certificates of the check port's own TLS, with curl and with openssl's client.
    @Suite(.needs(commands: "curl", "openssl"))
    struct DirectTLSTests {
        private let scratch: ScratchFolder
        private let authority: ClientAuthority

        init() throws {
            scratch = try ScratchFolder()
            authority = try ClientAuthority(scratch)
        }

        private func serve(_ port: UInt16, revoking: Bool = true) throws -> PosternFile {
            let crl = revoking ? ", crl: \(authority.revocations)" : ""
            let tls =
                "certificate: \(authority.server), key: \(authority.serverKey), client_ca: \(authority.authority)\(crl)"
            let listen = "listen:\n  - address: 127.0.0.1:\(port)\n    tls: {\(tls)}\n"
            return try PosternFile(listen + CertificateGateway.policy(["sources: [tls]"]), scratch: scratch)
        }

        private func ask(
            _ port: UInt16, as client: ClientAuthority.Client?, _ target: String = "/envoy/invoke/a",
            _ more: [String] = []
        ) throws -> Curl {
            let url = "https://127.0.0.1:\(port)\(target)"
            return try Curl(authority.arguments(client) + more + [url], scratch: scratch)
        }

        @Test func curlIsWhoItsCertificateSays() throws {
            let port = try TCPListener.freePort()
            let postern = try serve(port)
            let allowed = try ask(port, as: .planner)
            #expect(allowed.status == 200, "\(allowed.errors) \(allowed.body)")
            #expect(allowed["X-Auth-User-Id"] == ClientAuthority.planner)
            #expect(allowed["X-Auth-Method"] == "mtls")
            #expect(try ask(port, as: .guest).status == 403)
            // Each version's own way to ask for a certificate.
            for version in ["1.2", "1.3"] {
                let answer = try ask(port, as: .planner, "/envoy/look/a", ["--tls-max", version])
                #expect(answer["X-Auth-User-Id"] == ClientAuthority.planner, "TLS \(version)")
            }
            for client in [ClientAuthority.Client.stranger, nil] {
                let refused = try ask(port, as: client)
                #expect(refused.status == 0 && refused.exit != 0)
            }
            #expect(try postern.metrics().sum("postern_checks_total") == 4)
        }

        /// One connection, several checks: the certificate is the connection's.
        @Test func theCertificateHoldsForTheConnection() throws {
            let port = try TCPListener.freePort()
            let postern = try serve(port)
            let url = "https://127.0.0.1:\(port)/envoy/look/a"
            let answers = try Curl(authority.arguments(.guest) + [url, url, url], scratch: scratch)
            #expect(answers.heads.map { $0["X-Auth-User-Id"] } == Array(repeating: ClientAuthority.guest, count: 3))
            #expect(try postern.metrics().sum("postern_connections_opened_total") == 1)
        }

        @Test func aRevokedCertificateIsRefused() throws {
            let port = try TCPListener.freePort()
            let postern = try serve(port)
            #expect(try ask(port, as: .revoked).status != 200)
            postern.program.kill()
            let other = try TCPListener.freePort()
            let lenient = try serve(other, revoking: false)
            #expect(try ask(other, as: .revoked).status == 200, "it is the list that refuses it")
            lenient.program.kill()
        }

        @Test func opensslsClientIsWhoItsCertificateSays() throws {
            let port = try TCPListener.freePort()
            let postern = try serve(port)
            let request = #"GET /envoy/invoke/a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"#
            func answer(_ client: ClientAuthority.Client) throws -> String {
                let files = "-CAfile \(authority.authority) -cert \(authority.certificate(client))"
                let connect = "openssl s_client -connect 127.0.0.1:\(port) -key \(authority.key(client)) \(files)"
                let line = "printf '\(request)' | \(connect) -verify_return_error -quiet -ign_eof"
                return try Command("sh", ["-c", line], scratch: scratch).output
            }
            let allowed = try answer(.planner)
            #expect(allowed.hasPrefix("HTTP/1.1 200"), "\(allowed)")
            #expect(allowed.lowercased().contains("x-auth-user-id: \(ClientAuthority.planner)"))
            #expect(try answer(.guest).hasPrefix("HTTP/1.1 403"))
            #expect(!(try answer(.stranger)).contains("HTTP/1.1 200"))
            _ = postern
        }

        /// With `sources: [tls]` no header counts, even of a peer that is trusted.
        @Test func headersDoNotSpeakForAConnection() throws {
            let port = try TCPListener.freePort()
            let postern = try serve(port)
            for forgery in try authority.forgeries(of: .planner) {
                let more = forgery.flatMap { ["-H", $0] }
                #expect(try ask(port, as: .guest, "/envoy/invoke/a", more).status != 200, "\(forgery)")
                let allowed = try ask(port, as: .guest, "/envoy/look/a", more)
                #expect(allowed.status == 200 && allowed["X-Auth-User-Id"] == ClientAuthority.guest, "\(forgery)")
            }
            _ = postern
        }
    }
}
