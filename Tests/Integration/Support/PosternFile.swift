import Glibc

/// A running Postern from a whole file of its own: several listeners, TLS, unix sockets, links.
final class PosternFile {
    let program: RunningProgram
    let adminPort: UInt16

    /// `path` must name an `admin` address with `adminPort`.
    init(path: String, adminPort: UInt16, scratch: ScratchFolder) throws {
        self.adminPort = adminPort
        program = try RunningProgram(.postern, arguments: ["serve", "--config", path], scratch: scratch)
        try program.waitUntilReady { self.readiness == 200 }
    }

    /// Writes `text` with an `admin` of a free port before it, and serves it.
    convenience init(_ text: String, scratch: ScratchFolder) throws {
        let port = try TCPListener.freePort()
        let path = try scratch.write("admin:\n  address: 127.0.0.1:\(port)\n" + text, to: "postern.yaml")
        try self.init(path: path, adminPort: port, scratch: scratch)
    }

    var readiness: Int? { try? HTTPClient.once(port: adminPort, "GET", "/readyz").status }

    func metrics() throws -> Metrics { Metrics(try HTTPClient.once(port: adminPort, "GET", "/metrics").text) }
}
