import Bytes
import Configuration
import Domain
import Logging
import Policy

/// One line per denial, and per allow where the configuration asks for it; bounded per second, because whoever is
/// refused chooses how often to ask. Never a query string, a header or a credential.
struct DenialLog {
    /// Lines per second and worker; what is beyond is counted in `postern_log_suppressed_total`.
    static let linesPerSecondMax = 100

    var logsAllowed: Bool
    private let logger: Logger
    private var second: UInt64 = 0
    private var written = 0

    init(logger: Logger, allowed: Bool) {
        self.logger = logger
        logsAllowed = allowed
    }

    func wants(_ decision: Decision) -> Bool {
        decision.isAllowed ? logsAllowed : logger.logLevel <= .info
    }

    /// Whether this second has room for a line, which is then taken: asked before anything is put into words.
    mutating func admits(second now: UInt64) -> Bool {
        if second != now {
            second = now
            written = 0
        }
        guard written < DenialLog.linesPerSecondMax else { return false }
        written += 1
        return true
    }

    /// - Parameter bytes: what the ranges of the check's request lie in.
    func record(_ decision: Decision, _ check: Check, _ bytes: borrowing Span<UInt8>) {
        let path = bytes.extracting(check.request.writtenPath(bytes).bounds).text()
        var fields: Logger.Metadata = [
            "dialect": "\(check.request.dialect.name)", "method": "\(check.request.method.name)",
            "path": .string(path),
        ]
        if case .deny(let reason) = decision { fields["reason"] = "\(reason.name)" }
        if let fault = check.pathFault { fields["fault"] = "\(fault.description)" }
        if let refusal = check.refusal {
            if let fault = refusal.fault { fields["fault"] = .string(fault) }
            if let claim = refusal.claim { fields["claim"] = .string(claim) }
        }
        if let key = check.identity?.principal.keyID { fields["key_id"] = .string(key) }
        if case .route(let index)? = check.match {
            fields["route"] = .string(check.gate.snapshot.routes.routes[index].pattern)
        }
        logger.info(decision.isAllowed ? "allowed" : "denied", metadata: fields)
    }
}

extension CheckRequest {
    /// What of the path may be written down: what precedes a number sign, behind which clients carry tokens, and
    /// nothing of what is no path at all, or does not lie in `bytes`.
    func writtenPath(_ bytes: borrowing Span<UInt8>) -> ByteRange {
        guard path.count > 0, path.end <= bytes.count, bytes[Int(path.start)] == 0x2F else { return .empty }
        guard let sign = bytes.extracting(path.bounds).firstIndex(of: 0x23) else { return path }
        return ByteRange(start: Int(path.start), count: sign)
    }
}
