import Foundation
import Glibc

/// A Redis, Valkey or Sentinel process with a configuration file of its own, which `CONFIG REWRITE` and Sentinel write
/// to. It can be stopped, killed and started again on the same port with what it has in its folder.
final class EngineServer {
    private let scratch: ScratchFolder
    private let folder: String
    private let tool: Tool
    private let isSentinel: Bool
    private var program: RunningProgram
    let port: UInt16

    /// In memory only. `lines` are added to the configuration; `password` is what it asks of clients.
    init(
        _ tool: Tool, _ lines: [String] = [], scratch: ScratchFolder, password: String? = nil, isSentinel: Bool = false
    ) throws {
        (self.scratch, self.tool, self.isSentinel) = (scratch, tool, isSentinel)
        (port, self.password) = (try TCPListener.freePort(), password)
        folder = "node-\(port)"
        try scratch.makeFolder(folder)
        let common = ["port \(port)", "bind 127.0.0.1", "dir \(scratch.file(folder))"]
        let data = ["save \"\"", "appendonly no", "maxmemory-policy noeviction", "enable-debug-command local"]
        let secret = password.map { ["requirepass \($0)"] } ?? []
        let text = (common + (isSentinel ? [] : data) + secret + lines).joined(separator: "\n") + "\n"
        try scratch.write(text, to: "\(folder)/engine.conf")
        program = try EngineServer.start(tool, scratch.file("\(folder)/engine.conf"), isSentinel, scratch)
        try waitUntilReady()
    }

    private let password: String?

    var address: String { "127.0.0.1:\(port)" }
    var url: String { "redis://\(address)/0" }

    /// A connection of the test's own, authenticated.
    func client() throws -> EngineClient { try EngineClient(port: port, password: password) }

    func command(_ words: String...) throws -> EngineReply { try client().command(words) }

    /// Still connected, and silent.
    func freeze() { program.signal(SIGSTOP) }
    func thaw() { program.signal(SIGCONT) }
    func kill() { program.kill() }

    /// After `kill`; with the configuration it wrote last, and no keys.
    func restart() throws {
        program = try EngineServer.start(tool, scratch.file("\(folder)/engine.conf"), isSentinel, scratch)
        try waitUntilReady()
    }

    private static func start(
        _ tool: Tool, _ file: String, _ isSentinel: Bool, _ scratch: ScratchFolder
    ) throws -> RunningProgram {
        try RunningProgram(tool, arguments: [file] + (isSentinel ? ["--sentinel"] : []), scratch: scratch)
    }

    private func waitUntilReady() throws {
        try program.waitUntilReady { (try? command("PING")) == .text("PONG") }
    }
}
