import Bytes
import Domain
import Glibc
import Logging
import Synchronization

@testable import Telemetry

/// A folder of its own for one test's logs, removed with the last reference.
final class AuditScratch: Sendable {
    let folder: String
    let messages = LogCapture()

    init() {
        var template = Array("/tmp/postern-audit-XXXXXX".utf8CString)
        folder = template.withUnsafeMutableBufferPointer { String(cString: mkdtemp($0.baseAddress!)) }
    }

    deinit {
        for name in names() { unlink("\(folder)/\(name)") }
        rmdir(folder)
    }

    var path: String { "\(folder)/audit.log" }
    func rotated(_ number: Int) -> String { "\(folder)/audit.log.\(number)" }

    func names() -> [String] {
        guard let handle = opendir(folder) else { return [] }
        defer { closedir(handle) }
        var names: [String] = []
        while let entry = readdir(handle) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    func open(
        _ target: AuditLog.Target? = nil, key: String? = AuditScratch.key, queueBytes: Int = AuditLog.queueBytesDefault
    ) throws(AuditError) -> AuditLog {
        try AuditLog(
            target ?? .file(path), key: key.map { Array($0.utf8) }, replica: "replica-1", queueBytes: queueBytes,
            logger: messages.logger)
    }

    /// A log that writes `counts[0]` records, is rotated, writes `counts[1]`, and so on; the files, oldest first.
    func rotate(_ counts: [Int], key: String? = AuditScratch.key) throws -> [String] {
        let log = try open(key: key)
        var writer = AuditWriter(log, allowedShare: 1)
        for (index, count) in counts.enumerated() {
            for number in 0..<count { writer.submit(record("/\(index)/\(number)"), "/\(index)/\(number)") }
            guard index + 1 < counts.count else { break }
            settle { log.metrics.waiting == 0 }
            rename(path, rotated(index))
            log.reopen()
            settle { access(self.path, F_OK) == 0 && !self.text(self.path).isEmpty }
        }
        log.close()
        return counts.indices.dropLast().map(rotated) + [path]
    }

    func text(_ path: String) -> String { String(decoding: bytes(path), as: UTF8.self) }

    func lines(_ path: String) -> [String] { text(path).split(separator: "\n").map(String.init) }

    func bytes(_ path: String) -> [UInt8] {
        guard let file = fopen(path, "re") else { return [] }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { bytes += chunk[..<count] }
        return bytes
    }

    func write(_ bytes: [UInt8], to path: String) {
        guard let file = fopen(path, "we") else { return }
        fwrite(bytes, 1, bytes.count, file)
        fclose(file)
    }

    func write(_ lines: [String], to path: String) {
        write(Array(lines.map { $0 + "\n" }.joined().utf8), to: path)
    }

    static let key = "an audit key of the tests"
}

/// Waits for another thread, two seconds at most; the expectations that follow say what was missing.
func settle(_ condition: () -> Bool) {
    for _ in 0..<2_000 where !condition() { usleep(1_000) }
}

/// A thread of its own: the tests' tasks share two, and some of them wait.
final class TestThread: Sendable {
    private let body: @Sendable () -> Void
    private let done = Atomic(false)

    @discardableResult
    init(_ body: @escaping @Sendable () -> Void) {
        self.body = body
        var handle = pthread_t()
        let argument = Unmanaged.passRetained(self).toOpaque()
        pthread_create(
            &handle, nil,
            { argument in
                let thread = Unmanaged<TestThread>.fromOpaque(argument!).takeRetainedValue()
                thread.body()
                thread.done.store(true, ordering: .releasing)
                return nil
            }, argument)
        pthread_detach(handle)
    }

    var isDone: Bool { done.load(ordering: .acquiring) }

    func wait() { while !isDone { usleep(500) } }
}

func record(_ path: String, _ decision: Decision = .deny(.unknownKey)) -> AuditRecord {
    var request = CheckRequest(dialect: .envoy)
    request.path = ByteRange(start: 0, count: path.utf8.count)
    return AuditRecord(time: 1_800_000_000_123, decision: decision, request: request, dialect: .envoy)
}

extension AuditWriter {
    mutating func submit(_ record: AuditRecord, _ text: String) { submit(record, Array(text.utf8).span) }
}

/// What verification says of files: the problems alone, and everything.
struct Verdict {
    var findings: [AuditFinding]
    var problems: [String] { findings.filter(\.isProblem).map(\.text) }
    var notes: [String] { findings.filter { !$0.isProblem }.map(\.text) }

    init(_ paths: [String], keys: [String] = [AuditScratch.key], head: String? = nil) {
        var verification = AuditVerification(keys: keys.map { Array($0.utf8) }, head: head.flatMap(AuditHead.init))
        for path in paths { verification.read(path) }
        findings = verification.finish()
    }
}

/// Log messages kept for a test.
final class LogCapture: Sendable {
    private let kept = Mutex<[String]>([])

    var all: [String] { kept.withLock { $0 } }
    /// The newest head that was announced.
    var head: String? { all.last { $0.hasPrefix("audit head ") }.map { String($0.dropFirst(11)) } }

    var logger: Logger { Logger(label: "test") { _ in Handler(capture: self) } }

    private struct Handler: LogHandler {
        let capture: LogCapture
        var logLevel = Logger.Level.trace
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let values = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { " \($0.value)" }.joined()
            capture.kept.withLock { $0.append("\(event.message)\(values)") }
        }
    }
}
