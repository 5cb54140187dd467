/// The proxies whose shipped files are loaded into the real program.
enum ProxyKind: String, CaseIterable, Sendable, CustomStringConvertible {
    case envoy, nginx, caddy

    var description: String { rawValue }

    var tool: Tool {
        switch self {
        case .envoy: .envoy
        case .nginx: .nginx
        case .caddy: .caddy
        }
    }

    /// Postern's dialect for it, as in configuration and metric labels.
    var dialect: String {
        switch self {
        case .envoy: "envoy"
        case .nginx: "nginx"
        case .caddy: "forward"
        }
    }

    var shippedFile: String {
        switch self {
        case .envoy: "deploy/envoy/envoy.yaml"
        case .nginx: "deploy/nginx/nginx.conf"
        case .caddy: "deploy/caddy/Caddyfile"
        }
    }
}

/// A proxy that runs its shipped file, with the documented addresses (and for nginx the system's folders) replaced.
final class Proxy {
    let kind: ProxyKind
    let port: UInt16
    private let scratch: ScratchFolder
    private let program: RunningProgram

    /// `extra` replacements are for tests that ask what the file prevents.
    init(_ kind: ProxyKind, agent: UInt16, postern: UInt16, extra: [(of: String, with: String)] = []) throws {
        self.kind = kind
        scratch = try ScratchFolder()
        port = try TCPListener.freePort()
        let addresses = try Proxy.addresses(kind, public: port, agent: agent, postern: postern, scratch: scratch)
        let text = try Repository.shipped(kind.shippedFile, replacing: addresses + extra)
        let file = try scratch.write(text, to: "proxy.\(kind == .envoy ? "yaml" : "conf")")
        program = try RunningProgram(
            kind.tool, arguments: Proxy.arguments(kind, file: file, folder: scratch.path), scratch: scratch,
            environment: ["XDG_CONFIG_HOME": scratch.path, "XDG_DATA_HOME": scratch.path])
        let port = port
        try program.waitUntilReady { TCPConnection.accepts(port) }
    }

    var output: String { program.output }

    private static func addresses(
        _ kind: ProxyKind, public port: UInt16, agent: UInt16, postern: UInt16, scratch: ScratchFolder
    ) throws -> [(of: String, with: String)] {
        guard kind == .envoy else {
            let upstreams = [("8080", agent), ("9191", postern)].map {
                (of: "127.0.0.1:\($0.0)", with: "127.0.0.1:\($0.1)")
            }
            if kind == .caddy { return upstreams + [(of: "\n:8000 {", with: "\n:\(port) {")] }
            try ["run", "log", "lib"].forEach { try scratch.makeFolder($0) }
            return upstreams + [
                (of: "listen 127.0.0.1:8000;", with: "listen 127.0.0.1:\(port);"),
                (of: "/run/nginx.pid", with: scratch.file("run/nginx.pid")),
                (of: "/var/log/nginx/", with: scratch.file("log/")),
                (of: "/var/lib/nginx/", with: scratch.file("lib/")),
            ]
        }
        let admin = try TCPListener.freePort()
        let ports: [(UInt16, UInt16)] = [(8000, port), (8080, agent), (9191, postern), (9901, admin)]
        return ports.map {
            (of: "address: 127.0.0.1, port_value: \($0.0) }", with: "address: 127.0.0.1, port_value: \($0.1) }")
        }
    }

    private static func arguments(_ kind: ProxyKind, file: String, folder: String) -> [String] {
        switch kind {
        case .envoy:
            // One worker; no hot restart, which would put every test's Envoy on the same shared memory.
            ["-c", file, "--concurrency", "1", "--disable-hot-restart", "--log-level", "warning"]
        case .nginx: ["-c", file, "-p", folder, "-g", "daemon off;"]
        case .caddy: ["run", "--config", file, "--adapter", "caddyfile"]
        }
    }
}
