import Foundation
import Glibc

/// A Postern that keeps an audit log with a key, and what can be done to it.
final class AuditScene {
    let scratch: ScratchFolder
    let folder: String
    private(set) var postern: Postern
    static let key = "good-key-0123456789"
    static let secret = "an-audit-key-of-more-than-32-bytes-0123456789"

    /// - Parameter folder: where the log is kept; the scratch folder's own if nil.
    init(_ scratch: ScratchFolder, folder: String? = nil, more: String = "") throws {
        self.scratch = scratch
        self.folder = folder ?? scratch.path
        try scratch.write(Self.secret + "\n", to: "audit-key")
        let text = AuditScene.configuration(self.folder, scratch, more)
        postern = try Postern(text, scratch: scratch)
        configuration = text
    }

    private let configuration: String

    private static func configuration(_ folder: String, _ scratch: ScratchFolder, _ more: String) -> String {
        """
        auth: {mode: api_key, api_keys: {keys: [{id: good, key: \(key)}]}}
        audit: {file: \(folder)/audit.log, allowed: 1, key: "file:\(scratch.file("audit-key"))"\(more)}
        log: {level: warning}
        """
    }

    var current: String { "\(folder)/audit.log" }

    /// Keys good and bad by turns, from several threads.
    func load() -> Load {
        let keys = [Self.key, "nobody-has-this-key"]
        return Load(
            ports: [postern.port], threads: 3, requests: keys.map { LoadRequest(target: "/envoy/a?q=1", key: $0) })
    }

    /// Waits for so many more answers.
    func wait(for count: Int, of load: Load) throws {
        let target = load.answers.count + count
        guard eventually(within: 30, { load.answers.count >= target }) else {
            throw HarnessFailure("the load stands still at \(load.answers.count)")
        }
    }

    /// As logrotate does it: rename, then SIGHUP.
    func rotate(to name: String) throws {
        try FileManager.default.moveItem(atPath: current, toPath: "\(folder)/\(name)")
        postern.reload()
        guard eventually(within: 10, { FileManager.default.fileExists(atPath: current) }) else {
            throw HarnessFailure("no new audit log after SIGHUP")
        }
    }

    func kill() { postern.program.kill() }

    func restart() throws { postern = try Postern(configuration, scratch: scratch) }

    /// SIGTERM, and the end.
    func stop() throws {
        postern.program.signal(SIGTERM)
        guard postern.program.exitStatus(within: 20) == 0 else { throw HarnessFailure("it did not end well") }
    }

    /// All of its files, the newest last only by chance.
    var files: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasPrefix("audit.log") }.map { "\(folder)/\($0)" }
    }

    func verify(_ files: [String]? = nil, head: String? = nil, key: String? = nil) throws -> Command {
        let key = try scratch.write(key ?? Self.secret, to: "verify-key")
        let options = ["--key-file", key] + (head.map { ["--head", $0] } ?? [])
        return try Command(postern: ["audit", "verify"] + options + (files ?? self.files), scratch: scratch)
    }

    /// How many lines of all files are about checks.
    func checkLines() throws -> Int {
        try files.reduce(0) { sum, file in
            let text = try String(contentsOfFile: file, encoding: .utf8)
            return sum + text.split(separator: "\n").count { $0.contains("\"kind\":\"check\"") }
        }
    }

    /// The newest head as /metrics tells it.
    func head() throws -> String {
        let metrics = try postern.metrics()
        return "\(Int(metrics.sum("postern_audit_seq"))):\(Int(metrics.sum("postern_audit_head")))"
    }
}
