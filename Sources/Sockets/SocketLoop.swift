import Glibc
public import NIOCore
import Synchronization

/// An event loop on one thread: sockets by epoll, tasks, timers. One turn does them in this order:
///
/// ```
/// wait → sockets that are ready → tasks → timers that are due → `atEndOfTurn`
/// ```
///
/// It is a NIO `EventLoop`, so futures, promises and channels live on it, but a socket need not be a channel: that is
/// what it is for (ADR 18). Two things differ from NIO's own loop. Timers are a millisecond late at most, where NIO's
/// are exact; and `atEndOfTurn` exists, so that what a turn has decided can be sent together.
public final class SocketLoop: EventLoop, @unchecked Sendable {
    // What other threads touch
    private let queue: TaskQueue
    private let thread = Atomic<UInt>(0)

    // The loop's own
    private let poller: Poller
    /// By descriptor; each is retained while it is here. Unmanaged, because taking one out of an array of references is
    /// two atomic operations, for each event.
    private var sources: ContiguousArray<Unmanaged<EventSource>?> = []
    private var generation: UInt32 = 0
    /// Shut in this turn: whoever called it may still be running.
    private var shut: ContiguousArray<EventSource> = []
    private var tasks: ContiguousArray<TaskQueue.Task> = []
    private var running: ContiguousArray<TaskQueue.Task> = []
    private var timers = TimerHeap()
    private var isEnding = false
    /// Called when a turn has done all it had to, before the loop waits, which it does not if this says that something
    /// is left to do. Set on the loop.
    public var atEndOfTurn: () -> Bool = { false }
    private var hasMore = false

    /// The ticket of the queue's own descriptor; a source's is never 0, because its generation is not.
    private static let queueTicket: UInt64 = 0

    init() throws(SocketError) {
        poller = try Poller()
        queue = try TaskQueue()
        try poller.watch(queue.descriptor, for: .readable, ticket: SocketLoop.queueTicket, isNew: true)
    }

    // Sources

    /// - Throws: where the kernel can watch no more, or the source is shut, as by a handler that gives its channel up
    ///   before it has started.
    func watch(_ source: EventSource, for interest: Readiness) throws(SocketError) {
        guard !source.isShut else { throw SocketError("epoll_ctl", EBADF) }
        let (index, isNew) = (Int(source.descriptor), source.generation == 0)
        if isNew {
            generation = generation == .max ? 1 : generation + 1
            source.generation = generation
        }
        let ticket = UInt64(source.generation) << 32 | UInt64(index)
        do {
            try poller.watch(source.descriptor, for: interest, ticket: ticket, isNew: isNew)
        } catch {
            if isNew { source.generation = 0 }
            throw error
        }
        while sources.count <= index { sources.append(nil) }
        if isNew { sources[index] = .passRetained(source) }
    }

    func forget(_ source: EventSource) {
        guard source.generation != 0 else { return }
        let index = Int(source.descriptor)
        poller.forget(source.descriptor)
        if let held = sources[index] { shut.append(held.takeRetainedValue()) }
        sources[index] = nil
        source.generation = 0
    }

    // A turn

    /// Serves until `end` was called.
    func run() {
        thread.store(SocketLoop.currentThread, ordering: .releasing)
        while !isEnding { turn() }
        queue.close()
        for source in sources { source?.takeUnretainedValue().loopEnded() }
        timers.removeAll()
        (tasks, sources, shut) = ([], [], [])
        atEndOfTurn = { false }
        thread.store(0, ordering: .releasing)
    }

    private func turn() {
        let count = poller.wait(milliseconds: patience)
        for index in 0..<count { dispatch(poller.event(index)) }
        if !tasks.isEmpty { runTasks() }
        if timers.next != nil { runTimers() }
        hasMore = atEndOfTurn()
        if !shut.isEmpty { shut.removeAll(keepingCapacity: true) }
    }

    /// Milliseconds until something is due; -1 where nothing is. Rounded up, or the last millisecond would be spent in
    /// turns that have nothing to do.
    private var patience: Int32 {
        if hasMore || !tasks.isEmpty { return 0 }
        guard let next = timers.next else { return -1 }
        let wait = (next - .now()).nanoseconds
        return wait <= 0 ? 0 : Int32(min((wait - 1) / 1_000_000 + 1, 3_600_000))
    }

    private func dispatch(_ event: (ticket: UInt64, readiness: Readiness)) {
        if event.ticket == SocketLoop.queueTicket { return queue.take(into: &tasks) }
        let index = Int(event.ticket & 0xFFFF_FFFF)
        // Shut earlier in this turn, and perhaps another opened in its place.
        guard index < sources.count, let source = sources[index] else { return }
        source._withUnsafeGuaranteedRef {
            if $0.generation == UInt32(event.ticket >> 32) { $0.handle(event.readiness) }
        }
    }

    /// Those that are there now; what they add is for the next turn, so that sockets have theirs.
    private func runTasks() {
        swap(&tasks, &running)
        for task in running { task.run() }
        running.removeAll(keepingCapacity: true)
    }

    private func runTimers() {
        let now = NIODeadline.now()
        while let timer = timers.popDue(at: now) { timer.action() }
    }

    /// On the loop: the turn that is under way is its last.
    func end() { isEnding = true }

    // Tasks and timers, on the loop

    func add(_ timer: TimerHeap.Timer) { timers.add(timer) }

    func cancel(_ timer: TimerHeap.Timer) { timers.cancel(timer) }

    // From any thread

    static var currentThread: UInt { UInt(pthread_self()) }

    public var inEventLoop: Bool { thread.load(ordering: .relaxed) == SocketLoop.currentThread }

    /// The loop's next task but those that wait already.
    public func execute(_ task: @escaping @Sendable () -> Void) {
        let task = TaskQueue.Task(run: task)
        if inEventLoop { tasks.append(task) } else { queue.add(task) }
    }
}
