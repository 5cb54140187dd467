import Bytes
import Glibc
public import Logging

/// The audit log of a process: made once at start, shared by all workers, closed last.
///
/// `submit` through an `AuditWriter` never waits for a file. Records that are accepted reach the file within some
/// milliseconds, in the order in which they were accepted, each sealed over the one before. When the queue is full they
/// are counted, and a line in the chain says how many are missing.
public final class AuditLog: Sendable {
    public enum Target: Equatable, Sendable {
        /// An absolute path.
        case file(String)
        /// For a container's own log. Never reopened.
        case standardOutput
    }

    /// Records that may wait: about four thousand long ones, or eight thousand of the usual size. Twice this much
    /// address space is taken, and memory only as it fills.
    public static let queueBytesDefault = 4 << 20

    private let queue: AuditQueue
    private let gauges = AuditGauges()

    /// Opens the log, links to what it ends with, and starts the thread that writes it.
    ///
    /// - Parameters:
    ///   - key: the HMAC key, or nil for a chain that shows corruption only.
    ///   - replica: tells this process from others whose logs lie beside it. It stands in the log.
    public convenience init(
        _ target: Target, key: [UInt8]?, replica: String, queueBytes: Int = queueBytesDefault, logger: Logger
    ) throws(AuditError) {
        let file: AuditFile
        var tail = AuditFile.Tail()
        switch target {
        case .standardOutput: file = AuditFile(descriptor: STDOUT_FILENO)
        case .file(let path):
            file = try AuditFile(path: path)
            try file.lock()
            tail = try file.tail()
        }
        self.init(file, tail, key: key, replica: replica, queueBytes: queueBytes, logger: logger)
        if !tail.torn.isEmpty {
            logger.warning(
                "the audit log ended in the middle of a line; a record says so",
                metadata: ["bytes": "\(tail.torn.count)"])
        }
    }

    init(
        _ file: AuditFile, _ tail: AuditFile.Tail = AuditFile.Tail(), key: [UInt8]?, replica: String, queueBytes: Int,
        logger: Logger
    ) {
        // A file that may not grow is an error of the write that finds out, not the end of the process.
        signal(SIGXFSZ, SIG_IGN)
        queue = AuditQueue(bytesMax: max(queueBytes, AuditLine.bytesMax))
        let thread = AuditThread(
            file: file, tail: tail, key: key, identity: AuditIdentity(replica: replica), queue: queue, gauges: gauges,
            logger: logger)
        var handle = pthread_t()
        let status = pthread_create(
            &handle, nil,
            { argument in
                Unmanaged<AuditThread>.fromOpaque(argument!).takeRetainedValue().run()
                return nil
            }, Unmanaged.passRetained(thread).toOpaque())
        precondition(status == 0, "no thread left for the audit log")
        pthread_detach(handle)
    }

    /// The thread ends too; whoever wants its last records calls `close` first.
    deinit { queue.order(closingBy: Monotonic.now()) }

    /// Takes over an encoded record. From any thread.
    func submit(_ body: ContiguousArray<UInt8>) { queue.append(body) }

    /// Goes on in a new file if the old one was renamed; for SIGHUP. Returns at once; a failure is logged and counted,
    /// and the old file stays in use.
    public func reopen() { queue.order(reopening: true) }

    /// Writes what was accepted, ends the file with a closing line, and waits for the disk; `seconds` at most.
    /// Submitting afterwards drops.
    ///
    /// - Returns: whether everything accepted was written.
    @discardableResult
    public func close(seconds: Double = 5) -> Bool {
        let deadline = Monotonic.now() + UInt64(max(seconds, 0) * 1e9)
        queue.order(closingBy: deadline)
        // Beyond the deadline only for as long as the thread needs to notice; a disk that hangs is left to itself.
        while Monotonic.now() < deadline + 250_000_000 {
            let metrics = gauges.current
            if metrics.isClosed { return metrics.lost == 0 }
            usleep(1_000)
        }
        return false
    }

    public var metrics: AuditMetrics {
        var metrics = gauges.current
        (metrics.waiting, metrics.dropped) = queue.totals
        return metrics
    }
}

/// Who writes: the replica's name as JSON text between quotes, and a number of this start of the process.
struct AuditIdentity {
    static let replicaBytesMax = 128

    var replica: String
    var boot: Digest128

    init(replica: String) {
        var writer = ByteWriter()
        writer.write(ascii: Array(replica.utf8.prefix(AuditIdentity.replicaBytesMax)).span)
        self.replica = String(decoding: writer.bytes, as: UTF8.self)
        boot = Digest128(high: .random(in: 0 ... .max), low: .random(in: 0 ... .max))
    }
}

enum Monotonic {
    /// Nanoseconds that only go forward.
    static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
