import Foundation
import Glibc

/// A redis-server of its own, in memory only, that can be stopped, killed and started again on the same port.
final class Redis {
    private let scratch: ScratchFolder
    private var program: RunningProgram
    let port: UInt16

    init() throws {
        scratch = try ScratchFolder()
        port = try TCPListener.freePort()
        program = try Redis.start(port: port, scratch: scratch)
    }

    var url: String { "redis://127.0.0.1:\(port)/0" }

    /// Still connected, and silent.
    func freeze() { program.signal(SIGSTOP) }
    func thaw() { program.signal(SIGCONT) }
    func kill() { program.kill() }

    /// After `kill`; empty, as one without persistence is.
    func restart() throws { program = try Redis.start(port: port, scratch: scratch) }

    private static func start(port: UInt16, scratch: ScratchFolder) throws -> RunningProgram {
        let program = try RunningProgram(
            .redisServer,
            arguments: [
                "--port", "\(port)", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
                "--maxmemory-policy", "noeviction", "--dir", scratch.path,
            ], scratch: scratch)
        try program.waitUntilReady { Redis.answersPing(port) }
        return program
    }

    private static func answersPing(_ port: UInt16) -> Bool {
        guard let connection = try? TCPConnection(port: port, timeoutSeconds: 2) else { return false }
        guard (try? connection.send(Array("PING\r\n".utf8))) != nil else { return false }
        return (try? connection.receive()) == Array("+PONG\r\n".utf8)
    }
}
