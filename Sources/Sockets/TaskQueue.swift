import CLinux
import Glibc
import Synchronization

/// Tasks for a loop from everywhere, in the order they came, and what wakes the loop for them.
///
/// The loop's own tasks, which are most, take no lock.
final class TaskQueue: Sendable {
    /// What one thread gives to another, or to itself. A struct, because an array of functions allocates for each.
    struct Task: @unchecked Sendable {
        let run: () -> Void
    }

    private struct Arrivals {
        var tasks: ContiguousArray<Task> = []
        /// The loop will look, or is looking.
        var isAwake = false
        var isClosed = false
    }

    private let arrivals = Mutex(Arrivals())
    /// An eventfd: readable while tasks of other threads wait.
    let descriptor: Int32

    init() throws(SocketError) {
        descriptor = postern_eventfd()
        if descriptor < 0 { throw .current("eventfd") }
    }

    deinit { SocketCalls.close(descriptor) }

    /// From any thread but the loop's. Of a loop that has ended, does nothing.
    func add(_ task: Task) {
        let mustWake = arrivals.withLock { arrivals in
            guard !arrivals.isClosed else { return false }
            arrivals.tasks.append(task)
            defer { arrivals.isAwake = true }
            return !arrivals.isAwake
        }
        if mustWake {
            var one: UInt64 = 1
            _ = write(descriptor, &one, MemoryLayout<UInt64>.size)
        }
    }

    /// On the loop, woken by `descriptor`: what has come since the last time, into `tasks`.
    func take(into tasks: inout ContiguousArray<Task>) {
        var count: UInt64 = 0
        _ = read(descriptor, &count, MemoryLayout<UInt64>.size)
        let arrived = arrivals.withLock { arrivals in
            arrivals.isAwake = false
            let arrived = arrivals.tasks
            arrivals.tasks = []
            return arrived
        }
        tasks.append(contentsOf: arrived)
    }

    /// No more are taken, and those that wait are let go of.
    func close() {
        let left = arrivals.withLock { arrivals in
            let left = arrivals.tasks
            (arrivals.tasks, arrivals.isClosed) = ([], true)
            return left
        }
        // Outside the lock: what a task holds may want it.
        _ = left
    }
}
