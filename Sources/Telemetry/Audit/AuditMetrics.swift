import Bytes
import Synchronization

/// What /metrics says of the audit log. The head and its number, scraped, are what a later `postern audit verify` is
/// held to: they have left the machine that an intruder may have.
public struct AuditMetrics: Sendable {
    /// Lines written, opening and closing ones included.
    public internal(set) var lines: UInt64 = 0
    public internal(set) var bytes: UInt64 = 0
    /// Records that found the queue full, or the log closed.
    public internal(set) var dropped: UInt64 = 0
    /// Records that were accepted and could not be written before the process ended.
    public internal(set) var lost: UInt64 = 0
    public internal(set) var writeErrors: UInt64 = 0
    public internal(set) var reopenFailures: UInt64 = 0
    /// Bytes that wait for the thread.
    public internal(set) var waiting = 0
    /// Whether the last write succeeded.
    public internal(set) var isHealthy = true
    /// The last line in the file, whole.
    public internal(set) var sequence: UInt64 = 0
    public var shortHead: UInt64 { head.short }

    var head = Digest256.genesis
    var isClosed = false

    public init() {}
}

/// Shared by the thread that writes and whoever asks.
final class AuditGauges: Sendable {
    private let metrics = Mutex(AuditMetrics())

    func update(_ change: (inout AuditMetrics) -> Void) {
        metrics.withLock { change(&$0) }
    }

    var current: AuditMetrics { metrics.withLock { $0 } }
}

extension PrometheusText {
    /// The families of the audit log, where there is one.
    public mutating func write(_ audit: AuditMetrics) {
        family("postern_audit_lines_total", "counter", help: "Lines written to the audit log.")
        sample("postern_audit_lines_total", audit.lines)
        family("postern_audit_bytes_total", "counter", help: "Bytes written to the audit log.")
        sample("postern_audit_bytes_total", audit.bytes)
        family("postern_audit_dropped_total", "counter", help: "Audit records dropped because the queue was full.")
        sample("postern_audit_dropped_total", audit.dropped)
        family("postern_audit_write_errors_total", "counter", help: "Writes to the audit log that failed.")
        sample("postern_audit_write_errors_total", audit.writeErrors)
        family("postern_audit_reopen_failures_total", "counter", help: "Rotations whose new file could not be used.")
        sample("postern_audit_reopen_failures_total", audit.reopenFailures)
        family("postern_audit_queue_bytes", "gauge", help: "Bytes of audit records that wait to be written.")
        sample("postern_audit_queue_bytes", UInt64(audit.waiting))
        family("postern_audit_up", "gauge", help: "1 while the audit log can be written.")
        sample("postern_audit_up", audit.isHealthy ? 1 : 0)
        family("postern_audit_seq", "gauge", help: "Number of the audit log's last line.")
        sample("postern_audit_seq", audit.sequence)
        family("postern_audit_head", "gauge", help: "First 48 bits of the audit chain's head after that line.")
        sample("postern_audit_head", audit.shortHead)
    }
}
