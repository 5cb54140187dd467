import Bytes
import Glibc
import Synchronization

/// Bodies on their way from the workers to the thread that writes: a buffer of fixed size behind a lock that is held
/// for one copy of some hundred bytes, never for a file. Full means dropped and counted.
///
/// The thread is told of new bodies only while it rests, or when the buffer is half full: under load a worker makes no
/// system call.
final class AuditQueue: Sendable {
    struct Taken {
        var records = 0
        /// Since the last taking.
        var dropped: UInt64 = 0
    }

    struct Orders {
        var reopens = false
        /// Monotonic nanoseconds by which the log must be closed.
        var closesBy: UInt64?
    }

    private struct State {
        var bytes = ContiguousArray<UInt8>()
        var taken = Taken()
        var droppedTotal: UInt64 = 0
        var orders = Orders()
        var isResting = false
    }

    let bytesMax: Int
    private let state = Mutex(State())
    /// A pipe whose bytes mean "look": both ends live as long as the queue and its thread.
    private let wakeUp: (read: Int32, write: Int32)

    init(bytesMax: Int) {
        self.bytesMax = bytesMax
        var ends: [Int32] = [-1, -1]
        let made = pipe(&ends)
        precondition(made == 0, "no descriptor left for the audit log")
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        wakeUp = (ends[0], ends[1])
        // Not touched until used, so it costs address space alone until then.
        state.withLock { $0.bytes.reserveCapacity(bytesMax) }
    }

    deinit {
        close(wakeUp.read)
        close(wakeUp.write)
    }

    /// Takes over a body that ends with a line feed, or counts it as dropped.
    func append(_ body: ContiguousArray<UInt8>) {
        let wakes = state.withLock { state in
            let before = state.bytes.count
            guard state.orders.closesBy == nil, before + body.count <= bytesMax else {
                state.droppedTotal += 1
                // Nothing that comes after the closing order can be told of in the log any more.
                if state.orders.closesBy == nil { state.taken.dropped += 1 }
                return false
            }
            state.bytes.append(contentsOf: body)
            state.taken.records += 1
            let wakes = state.isResting || (before < bytesMax / 2 && state.bytes.count >= bytesMax / 2)
            state.isResting = false
            return wakes
        }
        if wakes { wake() }
    }

    /// Exchanges what waits for `bodies`, which comes back empty with its memory kept.
    func take(_ bodies: inout ContiguousArray<UInt8>) -> Taken {
        bodies.removeAll(keepingCapacity: true)
        return state.withLock { state in
            swap(&state.bytes, &bodies)
            defer { state.taken = Taken() }
            return state.taken
        }
    }

    func order(reopening: Bool = false, closingBy deadline: UInt64? = nil) {
        state.withLock { state in
            state.orders.reopens = state.orders.reopens || reopening
            state.orders.closesBy = state.orders.closesBy ?? deadline
        }
        wake()
    }

    /// What was ordered; a reopening is told once.
    func orders() -> Orders {
        state.withLock { state in
            defer { state.orders.reopens = false }
            return state.orders
        }
    }

    /// Returns after `milliseconds`, or before if the thread is told to look; -1 waits without end.
    func pause(milliseconds: Int32) {
        var look = pollfd(fd: wakeUp.read, events: Int16(POLLIN), revents: 0)
        guard poll(&look, 1, milliseconds) > 0 else { return }
        var bytes: (UInt64, UInt64) = (0, 0)
        while read(wakeUp.read, &bytes, 16) == 16 {}
    }

    /// As `pause`, but any body ends it, and one that came already means not to begin.
    func rest(milliseconds: Int32) {
        let isIdle = state.withLock { state in
            state.isResting = state.bytes.isEmpty && state.taken.dropped == 0
            return state.isResting
        }
        guard isIdle else { return }
        pause(milliseconds: milliseconds)
        state.withLock { $0.isResting = false }
    }

    var isEmpty: Bool { state.withLock { $0.bytes.isEmpty && $0.taken.dropped == 0 } }

    /// Bytes that wait, and records dropped since the start.
    var totals: (waiting: Int, dropped: UInt64) { state.withLock { ($0.bytes.count, $0.droppedTotal) } }

    /// The pipe does not block: if it is full, the thread has been told.
    private func wake() { _ = Glibc.write(wakeUp.write, [1] as [UInt8], 1) }
}
