import Foundation
import Outbound

/// `provider.py`, started and told what to answer: a server of Python's own, so that nothing here judges itself.
final class Provider {
    enum Kind {
        case tcp
        case tls(Authority.Certificate)
        case unix
    }

    struct Request: Decodable {
        var method: String
        var path: String
        var headers: [String: String]
        var body: String
    }

    struct Log: Decodable {
        var requests: [Request]
        /// Since the start; and the most that were open at once.
        var connections: Int
        var most: Int
    }

    struct NotReady: Error {}

    static let program: String? = ["/usr/bin/python3", "/usr/local/bin/python3"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }
    /// For `.enabled(if:)`: a named skip on a laptop, a failure in CI.
    static var isExpected: Bool { program != nil || ProcessInfo.processInfo.environment["CI"] != nil }

    let port: Int
    let socketPath: String
    private let isTLS: Bool
    private let process = Process()
    private let orders = Pipe()
    private let replies = Pipe()

    init(_ kind: Kind = .tcp) throws {
        guard let program = Provider.program else { throw NotReady() }
        socketPath = "/tmp/postern-\(UUID().uuidString.prefix(8)).sock"
        var arguments = [URL(filePath: #filePath).deletingLastPathComponent().appending(path: "provider.py").path]
        switch kind {
        case .tcp: arguments += ["tcp"]
        case .tls(let certificate): arguments += ["tls", certificate.path, certificate.keyPath]
        case .unix: arguments += ["unix", socketPath]
        }
        if case .tls = kind { isTLS = true } else { isTLS = false }
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.standardInput = orders
        process.standardOutput = replies
        process.standardError = FileHandle.nullDevice
        try process.run()
        guard let port = Int(Provider.line(replies.fileHandleForReading)) else { throw NotReady() }
        self.port = port
    }

    deinit {
        stop()
        unlink(socketPath)
    }

    /// The server goes, with every connection.
    func stop() {
        guard process.isRunning else { return }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    func answer(
        _ path: String, _ status: Int = 200, _ body: String = "", headers: [String: String] = [:], delay: Double = 0
    ) {
        order(["path": path, "status": status, "body": body, "headers": headers, "delay": delay])
    }

    func misbehave(_ path: String, _ how: String, count: Int = 1_000_000) {
        order(["path": path, "how": how, "count": count])
    }

    func refuse(_ isRefusing: Bool) { order(["refuse": isRefusing]) }

    /// What has been asked since the last call.
    func log() throws -> Log { try JSONDecoder().decode(Log.self, from: Data(order(["log": true]).utf8)) }

    func url(_ path: String, host: String = "127.0.0.1") -> String {
        "\(isTLS ? "https" : "http")://\(host):\(port)\(path)"
    }

    @discardableResult
    private func order(_ order: [String: Any]) -> String {
        guard let line = try? JSONSerialization.data(withJSONObject: order) else { return "" }
        orders.fileHandleForWriting.write(line + Data("\n".utf8))
        return Provider.line(replies.fileHandleForReading)
    }

    private static func line(_ file: FileHandle) -> String {
        var line = Data()
        while let byte = try? file.read(upToCount: 1), let first = byte.first, first != 10 { line.append(first) }
        return String(decoding: line, as: UTF8.self)
    }
}
