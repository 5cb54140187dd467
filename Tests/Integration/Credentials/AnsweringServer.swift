import Foundation
import Glibc

/// A server of Python's own that answers as it is told and remembers what it was asked: `provider.py` of the tests of
/// outbound requests. Over TCP or a unix socket.
final class AnsweringServer {
    enum Way: String, CaseIterable, Sendable { case tcp, unix }

    struct Request: Decodable {
        var method: String
        var path: String
        var headers: [String: String]
        var body: String

        var json: [String: Any] {
            (try? JSONSerialization.jsonObject(with: Data(body.utf8))) as? [String: Any] ?? [:]
        }
    }

    private struct Log: Decodable {
        var requests: [Request]
    }

    private let scratch: ScratchFolder
    private let way: Way
    private let port: Int
    private let process = Process()
    private let orders = Pipe()
    private let replies = Pipe()

    init(_ way: Way = .tcp) throws {
        self.way = way
        scratch = try ScratchFolder()
        let script = Repository.path("Tests/Outbound/Support/provider.py")
        process.executableURL = URL(fileURLWithPath: try Tool.python.locate())
        process.arguments = [script, way.rawValue] + (way == .unix ? [scratch.file("s")] : [])
        process.standardInput = orders
        process.standardOutput = replies
        process.standardError = FileHandle.nullDevice
        try process.run()
        guard let port = Int(AnsweringServer.line(replies.fileHandleForReading)) else {
            throw HarnessFailure("provider.py did not start")
        }
        self.port = port
    }

    deinit { stop() }

    /// The server goes, with every connection.
    func stop() {
        guard process.isRunning else { return }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// As the configuration writes it.
    func url(_ path: String) -> String {
        way == .tcp ? "http://127.0.0.1:\(port)\(path)" : "unix:\(scratch.file("s")):\(path)"
    }

    /// Answers so from now on, `delay` seconds after it was asked.
    func answer(_ path: String, _ status: Int = 200, _ body: String = "{}", delay: Double = 0) {
        order([
            "path": path, "status": status, "body": body, "delay": delay,
            "headers": ["Content-Type": "application/json"],
        ])
    }

    /// What has been asked since the last call.
    func taken() throws -> [Request] {
        try JSONDecoder().decode(Log.self, from: Data(order(["log": true]).utf8)).requests
    }

    @discardableResult
    private func order(_ order: [String: Any]) -> String {
        guard let line = try? JSONSerialization.data(withJSONObject: order) else { return "" }
        orders.fileHandleForWriting.write(line + Data("\n".utf8))
        return AnsweringServer.line(replies.fileHandleForReading)
    }

    private static func line(_ file: FileHandle) -> String {
        var line = Data()
        while let byte = try? file.read(upToCount: 1), let first = byte.first, first != 10 { line.append(first) }
        return String(decoding: line, as: UTF8.self)
    }
}
