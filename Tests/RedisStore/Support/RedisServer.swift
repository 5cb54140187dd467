import Foundation
import Synchronization

/// A real redis-server on a free port of 127.0.0.1, without persistence, stopped when the test lets go of it.
final class RedisServer {
    let port: Int
    private let directory: URL
    private let options: [String]
    private var process: Process?

    /// Where the program is; nil skips the tests that need it, except in CI, where its absence is a failure. `make test`
    /// runs these tests a second time with REDIS_SERVER_BINARY, a Valkey.
    static let program: String? = [
        ProcessInfo.processInfo.environment["REDIS_SERVER_BINARY"] ?? "/usr/bin/redis-server",
        "/usr/bin/redis-server", "/usr/local/bin/redis-server",
    ]
    .first { FileManager.default.isExecutableFile(atPath: $0) }

    /// For `.enabled(if:)`: false is a named skip on a laptop; in CI the tests run and `init` fails them.
    static var isExpected: Bool { program != nil || ProcessInfo.processInfo.environment["CI"] != nil }

    struct Missing: Error, CustomStringConvertible {
        var description: String { "redis-server is not installed" }
    }
    struct NotReady: Error {}

    convenience init(_ options: String...) throws { try self.init(port: try RedisServer.freePort(), options: options) }

    convenience init(port: Int, _ options: String...) throws { try self.init(port: port, options: options) }

    private init(port: Int, options: [String]) throws {
        guard RedisServer.program != nil else { throw Missing() }
        self.port = port
        self.options = options
        directory = FileManager.default.temporaryDirectory.appending(path: "postern-redis-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        try start()
    }

    deinit {
        stop()
        try? FileManager.default.removeItem(at: directory)
    }

    func start() throws {
        guard let program = RedisServer.program else { throw Missing() }
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments =
            ["--port", "\(port)", "--bind", "127.0.0.1", "--save", "", "--dir", directory.path] + options
        // Inherited, they would keep the pipes of a test run that died open.
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        self.process = process
        for _ in 0..<400 {
            if isAnswering(process) { return }
            usleep(10_000)
        }
        throw NotReady()
    }

    /// Whether it is our server that answers on the port, and not one that took the port before it.
    private func isAnswering(_ process: Process) -> Bool {
        guard process.isRunning, let client = try? RedisClient(port: port) else { return false }
        do {
            return try client("INFO", "server").text?.contains("process_id:\(process.processIdentifier)\r") ?? false
        } catch {
            // A server that wants a password or is a replica says so: it is there.
            return "\(error)".contains("NOAUTH")
        }
    }

    /// SIGKILL: the server goes without a word.
    func stop() {
        guard let process, process.isRunning else { return }
        kill(process.processIdentifier, SIGCONT)
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// SIGSTOP and SIGCONT: the sockets stay open and nobody answers.
    func freeze() { kill(process?.processIdentifier ?? 0, SIGSTOP) }
    func thaw() { kill(process?.processIdentifier ?? 0, SIGCONT) }

    /// A port nobody had a moment ago, nor the one 10,000 above it, where a node of a cluster listens as well. Both are
    /// below the range from which the system takes ports for outgoing connections: any client might have it before the
    /// server binds. No port is given twice before all others were.
    static func freePort() throws -> Int {
        for _ in 0..<1_000 {
            let port = nextPort.withLock { next in
                defer { next = next < portRange.upperBound ? next + 1 : portRange.lowerBound }
                return next
            }
            if isFree(port), isFree(port + 10_000) { return port }
        }
        throw NotReady()
    }

    private static let portRange = 12_000...14_999
    /// Starts anywhere: other test runs of this machine draw from the same range.
    private static let nextPort = Mutex(Int.random(in: portRange))

    private static func isFree(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
