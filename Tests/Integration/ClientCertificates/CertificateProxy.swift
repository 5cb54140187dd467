/// A proxy that ends mutual TLS: its shipped file with the lines of docs/client-certificates.md, as they stand there.
final class CertificateProxy {
    /// Whether the proxy turns away who shows no certificate, or a bad one.
    enum Demand: CaseIterable {
        case required, optional
        /// Takes any certificate without looking at it.
        case unverified
    }

    let kind: ProxyKind
    let port: UInt16
    private let scratch: ScratchFolder
    private let program: RunningProgram

    init(
        _ kind: ProxyKind, _ authority: ClientAuthority, demand: Demand = .required, agent: UInt16, postern: UInt16
    ) throws {
        self.kind = kind
        scratch = try ScratchFolder()
        port = try TCPListener.freePort()
        let text: String
        let arguments: [String]
        switch kind {
        case .nginx:
            let lines = try Self.nginx(authority, demand, port: port)
            text = try Repository.shipped(
                kind.shippedFile, replacing: lines + Self.addresses(agent, postern) + Self.folders(scratch))
            arguments = ["-c", scratch.file("proxy.conf"), "-p", scratch.path, "-g", "daemon off;"]
        case .envoy:
            let lines = try Self.envoy(authority, demand)
            text = try Repository.shipped(kind.shippedFile, replacing: lines + Self.ports(port, agent, postern))
            arguments =
                ["-c", scratch.file("proxy.yaml"), "--concurrency", "1", "--disable-hot-restart"]
                + ["--log-level", "warning"]
        case .caddy: throw HarnessFailure("no test ends mutual TLS with Caddy")
        }
        try scratch.write(text, to: kind == .envoy ? "proxy.yaml" : "proxy.conf")
        program = try RunningProgram(kind.tool, arguments: arguments, scratch: scratch)
        let port = port
        try program.waitUntilReady { TCPConnection.accepts(port) }
    }

    var output: String { program.output }

    typealias Replacement = (of: String, with: String)

    /// The lines between the fence that ends with `tag` and the next, in docs/client-certificates.md.
    private static func documented(_ tag: String, _ authority: ClientAuthority) throws -> String {
        let lines = try Repository.text("docs/client-certificates.md").split(
            separator: "\n", omittingEmptySubsequences: false)
        guard let start = lines.firstIndex(where: { $0.hasPrefix("```") && $0.hasSuffix(" \(tag)") }) else {
            throw HarnessFailure("docs/client-certificates.md has no block \(tag)")
        }
        let block = lines[(start + 1)...].prefix { !$0.hasPrefix("```") }.joined(separator: "\n")
        return block.replacing("/etc/tls/server.pem", with: authority.server)
            .replacing("/etc/tls/server.key", with: authority.serverKey)
            .replacing("/etc/tls/client-ca.pem", with: authority.authority)
    }

    private static func nginx(
        _ authority: ClientAuthority, _ demand: Demand, port: UInt16
    ) throws -> [Replacement] {
        var server = try documented("server", authority)
        switch demand {
        case .required: break
        case .optional: server = try replaced("ssl_verify_client on;", "ssl_verify_client optional;", in: server)
        case .unverified:
            server = try replaced("ssl_verify_client on;", "ssl_verify_client optional_no_ca;", in: server)
        }
        let check = "proxy_set_header X-Original-URI $request_uri;"
        let agent = "proxy_set_header X-API-Key \"\";"
        return [
            ("listen 127.0.0.1:8000;", "listen 127.0.0.1:\(port) ssl;\n\(server)"),
            (check, "\(check)\n\(try documented("check", authority))"),
            (agent, "\(agent)\n\(try documented("agent", authority))"),
        ]
    }

    private static func envoy(_ authority: ClientAuthority, _ demand: Demand) throws -> [Replacement] {
        var socket = try documented("filter-chain", authority)
        if demand != .required {
            socket = try replaced("require_client_certificate: true", "require_client_certificate: false", in: socket)
        }
        if demand == .unverified {
            socket = try replaced(
                "validation_context: {", "validation_context: { trust_chain_verification: ACCEPT_UNTRUSTED,", in: socket
            )
        }
        let chain = "        - filters:\n"
        let manager = "                stat_prefix: public\n"
        let details = try documented("connection-manager", authority)
        return [
            (chain, "        -\n\(ShippedText.indented(socket, by: 10))          filters:\n"),
            (manager, manager + ShippedText.indented(details, by: 16)),
        ]
    }

    private static func replaced(_ old: String, _ new: String, in text: String) throws -> String {
        guard text.contains(old) else { throw HarnessFailure("docs/client-certificates.md no longer says `\(old)`") }
        return text.replacing(old, with: new)
    }

    private static func addresses(_ agent: UInt16, _ postern: UInt16) -> [Replacement] {
        [("127.0.0.1:8080", "127.0.0.1:\(agent)"), ("127.0.0.1:9191", "127.0.0.1:\(postern)")]
    }

    private static func folders(_ scratch: ScratchFolder) throws -> [Replacement] {
        try ["run", "log", "lib"].forEach { try scratch.makeFolder($0) }
        return [
            ("/run/nginx.pid", scratch.file("run/nginx.pid")), ("/var/log/nginx/", scratch.file("log/")),
            ("/var/lib/nginx/", scratch.file("lib/")),
        ]
    }

    private static func ports(_ port: UInt16, _ agent: UInt16, _ postern: UInt16) throws -> [Replacement] {
        let admin = try TCPListener.freePort()
        return [(8000, port), (8080, agent), (9191, postern), (9901, admin)].map {
            ("address: 127.0.0.1, port_value: \($0.0) }", "address: 127.0.0.1, port_value: \($0.1) }")
        }
    }
}
