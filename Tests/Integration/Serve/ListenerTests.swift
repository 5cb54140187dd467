import Foundation
import Glibc
import Testing

extension Live {
    /// Where checks are taken from: TCP, unix sockets, TLS, several at once, and who may connect.
    @Suite(.needs(commands: "curl", "openssl"))
    struct ListenerTests {
        private static let open = "auth: {mode: none}\n"
        private let scratch: ScratchFolder

        init() throws { scratch = try ScratchFolder() }

        @Test func listensOnAUnixSocketWithItsMode() throws {
            let path = scratch.file("check.sock")
            let postern = try PosternFile(
                "listen:\n  - {address: \"unix:\(path)\", mode: \"0620\"}\n" + Self.open, scratch: scratch)
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o620)
            let answer = try Curl(["--unix-socket", path, "http://postern/envoy/a"], scratch: scratch)
            #expect(answer.status == 200, "\(answer.errors)")

            // A socket that a killed process left behind is in nobody's way.
            postern.program.kill()
            #expect(FileManager.default.fileExists(atPath: path))
            let next = try PosternFile(
                "listen:\n  - {address: \"unix:\(path)\", mode: \"0620\"}\n" + Self.open, scratch: scratch)
            #expect(next.readiness == 200)
            #expect(try Curl(["--unix-socket", path, "http://postern/envoy/a"], scratch: scratch).status == 200)
        }

        @Test func listensInSeveralPlacesAndPinsADialect() throws {
            let (all, nginx) = (try TCPListener.freePort(), try TCPListener.freePort())
            let path = scratch.file("check.sock")
            let postern = try PosternFile(
                """
                listen:
                  - address: 127.0.0.1:\(all)
                  - {address: 127.0.0.1:\(nginx), dialect: nginx}
                  - address: unix:\(path)
                workers: 2

                """ + Self.open, scratch: scratch)
            let original = [("X-Original-Method", "GET"), ("X-Original-URI", "/a")]
            for port in [all, nginx] {
                #expect(try HTTPClient.once(port: port, "GET", "/nginx", original).status == 200)
            }
            #expect(try HTTPClient.once(port: all, "GET", "/envoy/a").status == 200)
            #expect(try Curl(["--unix-socket", path, "http://postern/envoy/a"], scratch: scratch).status == 200)

            // A client's word cannot change the dialect; even the refusal is one that nginx understands.
            let other = try HTTPClient.once(port: nginx, "GET", "/envoy/a")
            #expect(other.status == 403)
            #expect(other["X-Authz-Status"] == "404")
            #expect(other.body.isEmpty)
            #expect(try postern.metrics().sum("postern_connections_opened_total") == 5)
        }

        @Test func speaksTLS() throws {
            let certificates = try Certificates(scratch)
            let port = try TCPListener.freePort()
            let postern = try PosternFile(tls(port, certificates), scratch: scratch)
            let url = "https://127.0.0.1:\(port)/envoy/a"
            let trusted = try Curl(["--cacert", certificates.authority, url, url], scratch: scratch)
            #expect(trusted.status == 200, "\(trusted.errors)")
            #expect(trusted.heads.count == 2, "the connection is kept")
            #expect(try postern.metrics().sum("postern_connections_opened_total") == 1)
            let closing = try Curl(
                ["--cacert", certificates.authority, "-H", "Connection: close", url], scratch: scratch)
            #expect(closing.status == 200)
            #expect(closing.exit == 0, "the end of the stream is not a truncation")

            let old = try Curl(["--cacert", certificates.authority, "--tls-max", "1.1", url], scratch: scratch)
            #expect(old.status == 0 && old.exit != 0)
            let plain = try Curl(["http://127.0.0.1:\(port)/envoy/a"], scratch: scratch)
            #expect(plain.status == 0 && plain.exit != 0)
            // None of that has harmed it.
            #expect(try Curl(["--cacert", certificates.authority, url], scratch: scratch).status == 200)
        }

        @Test func asksClientsForTheirCertificate() throws {
            let certificates = try Certificates(scratch)
            let port = try TCPListener.freePort()
            let postern = try PosternFile(
                tls(port, certificates, "client_ca: \(certificates.authority)"), scratch: scratch)
            let base = ["--cacert", certificates.authority, "https://127.0.0.1:\(port)/envoy/a"]
            let named = try Curl(
                ["--cert", certificates.client, "--key", certificates.clientKey] + base, scratch: scratch)
            #expect(named.status == 200, "\(named.errors)")
            let nameless = try Curl(base, scratch: scratch)
            #expect(nameless.status == 0 && nameless.exit != 0)
            let stranger = try Curl(
                ["--cert", certificates.stranger, "--key", certificates.strangerKey] + base, scratch: scratch)
            #expect(stranger.status == 0 && stranger.exit != 0)
            #expect(try postern.metrics().sum("postern_checks_total") == 1)
        }

        private func tls(_ port: UInt16, _ files: Certificates, _ more: String = "") -> String {
            let terms = ["certificate: \(files.server)", "key: \(files.serverKey)", more].filter { !$0.isEmpty }
            return "listen:\n  - address: 127.0.0.1:\(port)\n    tls: {\(terms.joined(separator: ", "))}\n" + Self.open
        }

        @Test func refusesPeersThatAreNotAllowed() throws {
            let port = try TCPListener.freePort()
            let postern = try PosternFile(
                "listen:\n  - {address: 127.0.0.1:\(port), allowed_peers: [127.0.0.2]}\n" + Self.open, scratch: scratch)
            let url = "http://127.0.0.1:\(port)/envoy/a"
            #expect(try Curl(["--interface", "127.0.0.2", url], scratch: scratch).status == 200)
            let refused = try Curl(["--interface", "127.0.0.3", url], scratch: scratch)
            #expect(refused.status == 0 && refused.exit != 0)
            let metrics = try postern.metrics()
            #expect(metrics.sum("postern_connections_refused_total") == 1)
            #expect(metrics.sum("postern_checks_total") == 1)
        }

        /// Beyond the bound a connection is answered with a refusal; beyond twice the bound it is closed. Both count,
        /// and neither harms those within.
        @Test func boundsItsConnections() throws {
            let postern = try Postern("bounds: {connections: 2}\n" + Self.open)
            let within = try (0..<2).map { _ in try HTTPClient(port: postern.port) }
            for client in within { #expect(try client.request("GET", "/envoy/a").status == 200) }
            let surplus = try (0..<2).map { _ in try HTTPClient(port: postern.port) }
            let refusal = try surplus[0].request("POST", "/v1/check")
            #expect(refusal.status == 503)
            #expect(refusal["Connection"] == "close")
            #expect(refusal.json["reason"] as? String == "overloaded" || refusal.text.contains("overloaded"))
            // Envoy would take a 503 for a failed check, and might let it pass.
            #expect(try surplus[1].request("GET", "/envoy/a").status == 403)
            #expect(try postern.metrics().sum("postern_connections_refused_total") == 2)
            let beyond = try (0..<3).map { _ in try HTTPClient(port: postern.port) }
            #expect(
                try eventually(within: 2) {
                    try postern.metrics().sum("postern_connections_refused_total") == 5
                })
            _ = beyond
            for client in within { #expect(try client.request("GET", "/envoy/a").status == 200) }

            for client in within + surplus { client.connection.shutDown() }
            #expect(try eventually(within: 2) { try postern.metrics().sum("postern_connections") == 0 })
            #expect(try HTTPClient.once(port: postern.port, "GET", "/envoy/a").status == 200)
        }
    }
}
