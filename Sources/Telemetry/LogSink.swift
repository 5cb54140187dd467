import Glibc
import Synchronization

/// Where log lines go: a bounded queue and one thread that writes, so that a slow terminal or pipe never holds up a
/// check. When the queue is full, lines are dropped and counted.
public final class LogSink: Sendable {
    /// Lines waiting to be written.
    public static let linesMax = 4_096

    private struct State {
        var lines: [String] = []
        var dropped = 0
        var isWriting = false
    }

    private let state = Mutex(State())
    private let descriptor: Int32
    /// A pipe whose bytes mean "there are lines"; both ends live as long as the process.
    private let wakeUp: (read: Int32, write: Int32)

    /// - Parameter descriptor: an open file, which the sink does not close. Standard error by default.
    public init(descriptor: Int32 = 2) {
        self.descriptor = descriptor
        var ends: [Int32] = [-1, -1]
        let made = pipe(&ends)
        precondition(made == 0, "no descriptor left for the log")
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        wakeUp = (ends[0], ends[1])
        var thread = pthread_t()
        let box = Unmanaged.passRetained(self)
        let status = pthread_create(
            &thread, nil,
            { argument in
                Unmanaged<LogSink>.fromOpaque(argument!).takeRetainedValue().drain()
                return nil
            }, box.toOpaque())
        precondition(status == 0, "no thread left for the log")
        pthread_detach(thread)
    }

    /// Lines dropped since the process started; shown as a metric.
    public var dropped: Int { state.withLock { $0.dropped } }

    public func write(_ line: String) {
        let isFirst = state.withLock { state in
            guard state.lines.count < LogSink.linesMax else {
                state.dropped += 1
                return false
            }
            state.lines.append(line)
            return state.lines.count == 1
        }
        // One byte per batch, so the pipe never holds more than two and this write never waits.
        if isFirst { _ = Glibc.write(wakeUp.write, [1] as [UInt8], 1) }
    }

    /// Waits, up to a second, until everything accepted so far is written. For the end of the process.
    public func flush() {
        for _ in 0..<1_000 {
            if state.withLock({ $0.lines.isEmpty && !$0.isWriting }) { return }
            usleep(1_000)
        }
    }

    private func drain() {
        var token: UInt8 = 0
        while read(wakeUp.read, &token, 1) == 1 {
            let lines = state.withLock { state in
                state.isWriting = true
                defer { state.lines.removeAll(keepingCapacity: true) }
                return state.lines
            }
            for line in lines { writeAll(line + "\n") }
            state.withLock { $0.isWriting = false }
        }
    }

    private func writeAll(_ text: String) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }
}
