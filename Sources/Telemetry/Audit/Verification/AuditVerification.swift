import Bytes
import Glibc

/// Reads audit logs and says whether they are what was written: `postern audit verify`.
///
/// It proves that no line was changed, removed, inserted or moved between the first line given and the last. It cannot
/// know of lines after the last one, unless it is told a head; nor, without a key, of a chain made up as a whole.
public struct AuditVerification {
    private let seals: [UInt64: AuditSeal]
    private let head: AuditHead?
    private var files: [AuditFileSummary] = []
    private var findings: [AuditFinding] = []

    /// - Parameter keys: every key that was in use; lines sealed without a key are then a problem.
    public init(keys: [[UInt8]] = [], head: AuditHead? = nil) {
        let all = [AuditSeal(key: nil)] + keys.map { AuditSeal(key: $0) }
        seals = Dictionary(all.map { ($0.keyID, $0) }) { first, _ in first }
        self.head = head
    }

    /// Follows one file from its first line to its last, in constant memory. `-` is standard input.
    public mutating func read(_ path: String) {
        let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return cannotRead(path, errno) }
        defer { if descriptor != STDIN_FILENO { close(descriptor) } }
        var check = AuditFileCheck(path: path, seals: seals, head: head)
        if let code = AuditVerification.forEachLine(of: descriptor, { check.read($0, isWhole: $1) }) {
            cannotRead(path, code)
        }
        check.end()
        files.append(check.summary)
        findings += check.findings
    }

    /// Everything found, problems and notes: file by file, then between files.
    public func finish() -> [AuditFinding] { findings + AuditLinks.findings(files, head: head) }

    /// Lines that were read and are in order.
    public var lines: Int { files.reduce(0) { $0 + $1.lines } }

    private mutating func cannotRead(_ path: String, _ code: Int32) {
        let cause = String(cString: strerror(code))
        findings.append(AuditFinding(path: path, isProblem: true, text: "cannot be read: \(cause)"))
    }

    /// Of a line without end, only as much is kept as a crash could have left.
    ///
    /// - Returns: why it could not read on, or nil at the end of the file.
    private static func forEachLine(of descriptor: Int32, _ body: (borrowing Span<UInt8>, Bool) -> Void) -> Int32? {
        var chunk = [UInt8](repeating: 0, count: 256 << 10)
        var begun: [UInt8] = []
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let code = errno
                if !begun.isEmpty { body(begun.span, false) }
                return count < 0 ? code : nil
            }
            var start = 0
            while let end = chunk.span.extracting(..<count).firstIndex(of: 0x0A, from: start) {
                if begun.isEmpty {
                    body(chunk.span.extracting(start..<end), true)
                } else {
                    begun += chunk[start..<end]
                    body(begun.span, true)
                    begun.removeAll(keepingCapacity: true)
                }
                start = end + 1
            }
            if begun.count <= AuditFile.tailBytesMax { begun += chunk[start..<count] }
        }
    }
}
