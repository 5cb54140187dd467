import Glibc

/// A running Postern with its configuration in a scratch folder and free ports.
final class Postern {
    let program: RunningProgram
    let scratch: ScratchFolder
    let port: UInt16
    let adminPort: UInt16

    /// `configuration` is the file's text below `listen:` and `admin:`, which are written here. `listeners` are further
    /// lines of the one listener, such as `dialect: envoy`.
    init(
        _ configuration: String, listener: String = "", port: UInt16? = nil, scratch: ScratchFolder? = nil,
        environment: [String: String] = [:]
    ) throws {
        self.port = try port ?? TCPListener.freePort()
        adminPort = try TCPListener.freePort()
        self.scratch = try scratch ?? ScratchFolder()
        let head = Postern.head(port: self.port, adminPort: adminPort, listener: listener)
        let path = try self.scratch.write(head + configuration, to: "postern.yaml")
        program = try RunningProgram(
            .postern, arguments: ["serve", "--config", path], scratch: self.scratch, environment: environment)
        let admin = adminPort
        try program.waitUntilReady { Postern.readiness(port: admin) == 200 }
    }

    static func head(port: UInt16, adminPort: UInt16, listener: String = "") -> String {
        let pinned = listener.isEmpty ? "" : "\n    \(listener)"
        return "listen:\n  - address: 127.0.0.1:\(port)\(pinned)\nadmin:\n  address: 127.0.0.1:\(adminPort)\n"
    }

    /// Replaces the file, keeping the ports.
    func rewrite(_ configuration: String) throws {
        try scratch.write(Postern.head(port: port, adminPort: adminPort) + configuration, to: "postern.yaml")
    }

    func reload() { program.signal(SIGHUP) }

    func metrics() throws -> Metrics { Metrics(try HTTPClient.once(port: adminPort, "GET", "/metrics").text) }

    /// The status of /readyz, or nil when nobody answers.
    var readiness: Int? { Postern.readiness(port: adminPort) }

    private static func readiness(port: UInt16) -> Int? {
        try? HTTPClient.once(port: port, "GET", "/readyz").status
    }
}
