import Foundation
import Glibc

/// `secret_stores.py`, started and told what to keep.
final class SecretStores {
    let port: Int
    private let process = Process()
    private let orders = Pipe()
    private let replies = Pipe()

    init() throws {
        process.executableURL = URL(fileURLWithPath: try Tool.python.locate())
        process.arguments = [Repository.path("Tests/Integration/Secrets/secret_stores.py")]
        process.standardInput = orders
        process.standardOutput = replies
        process.standardError = FileHandle.standardError
        try process.run()
        guard let port = Int(SecretStores.line(replies.fileHandleForReading)) else {
            throw HarnessFailure("secret_stores.py did not start")
        }
        self.port = port
    }

    deinit {
        guard process.isRunning else { return }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    var url: String { "http://127.0.0.1:\(port)" }

    /// - Parameter value: text, or the fields of one of Vault's.
    func keep(_ name: String, _ value: Any) { order(["set": [name: value]]) }

    /// Every question is answered with this status from now on; nil answers again.
    func fail(_ status: Int?) { order(["fail": status ?? NSNull()] as [String: Any]) }

    /// All tokens handed out so far are worthless.
    func revoke() { order(["revoke": true]) }

    /// A service account's key, as Google hands it out.
    func account() -> String { order(["account": true]) }

    /// What was asked since the last call, method and target.
    func taken() throws -> [String] { try JSONDecoder().decode([String].self, from: Data(order(["log": true]).utf8)) }

    @discardableResult
    private func order(_ order: [String: Any]) -> String {
        guard let line = try? JSONSerialization.data(withJSONObject: order) else { return "" }
        orders.fileHandleForWriting.write(line + Data("\n".utf8))
        return SecretStores.line(replies.fileHandleForReading)
    }

    private static func line(_ file: FileHandle) -> String {
        var line = Data()
        while let byte = try? file.read(upToCount: 1), let first = byte.first, first != 10 { line.append(first) }
        return String(decoding: line, as: UTF8.self)
    }
}
