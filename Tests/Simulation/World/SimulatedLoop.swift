import Dispatch
import NIOCore

/// An event loop in simulated time, with a clock of its own. As NIO's does, one turn takes what the network brought
/// first and then runs every task that is due.
///
/// `EmbeddedEventLoop` would not do: it sets its clock to each timer's moment, so that a process which stood still never
/// notices.
final class SimulatedLoop: EventLoop, @unchecked Sendable {
    private struct Task {
        var id: Int
        var deadline: NIODeadline
        var run: () -> Void
    }

    let timeline: Timeline
    private(set) var clock: DriftingClock
    private var inbox: [() -> Void] = []
    private var tasks: [Task] = []
    private var lastID = 0
    private var nextWake = Int64.max
    private var stalledUntil: Int64 = 0
    /// Forgets what is to be done later; for a canary.
    var isDeaf = false

    init(timeline: Timeline, clock: DriftingClock) {
        self.timeline = timeline
        self.clock = clock
    }

    var now: NIODeadline { .uptimeNanoseconds(UInt64(clock.reading(at: timeline.now))) }
    var inEventLoop: Bool { true }

    /// Hands the loop an event from outside, for its next turn: at once, unless it stands still.
    func deliver(_ event: @escaping () -> Void) {
        inbox.append(event)
        wake(at: timeline.now)
    }

    /// The process gets no CPU for so long: its clock goes on.
    func stall(for nanoseconds: Int64) {
        stalledUntil = max(stalledUntil, timeline.now + nanoseconds)
        wake(at: stalledUntil)
    }

    /// The machine was suspended: the monotonic clock goes forward at once.
    func jump(by nanoseconds: Int64) {
        clock.step(by: nanoseconds, at: timeline.now)
        wake(at: timeline.now)
    }

    private func wake(at time: Int64) {
        let time = max(time, stalledUntil)
        guard time < nextWake else { return }
        nextWake = time
        timeline.at(time) { [unowned self] in
            if nextWake == time { turn() }
        }
    }

    private func turn() {
        nextWake = .max
        if timeline.now < stalledUntil { return wake(at: stalledUntil) }
        let events = inbox
        inbox = []
        for event in events { event() }
        while let index = firstDue() { tasks.remove(at: index).run() }
        if let next = tasks.map(\.deadline).min() { wake(at: clock.time(of: Int64(next.uptimeNanoseconds))) }
    }

    private func firstDue() -> Int? {
        let now = now
        var first: Int?
        for index in tasks.indices where tasks[index].deadline <= now {
            if let known = first, tasks[known].deadline <= tasks[index].deadline { continue }
            first = index
        }
        return first
    }

    private func add(_ deadline: NIODeadline, _ run: @escaping () -> Void) -> Int {
        lastID += 1
        if isDeaf, deadline > now { return lastID }
        tasks.append(Task(id: lastID, deadline: deadline, run: run))
        wake(at: clock.time(of: Int64(deadline.uptimeNanoseconds)))
        return lastID
    }

    func execute(_ task: @escaping @Sendable () -> Void) { _ = add(now, task) }

    func scheduleTask<T>(deadline: NIODeadline, _ task: @escaping @Sendable () throws -> T) -> Scheduled<T> {
        let promise = makePromise(of: T.self)
        let id = add(deadline) { promise.assumeIsolated().completeWith(Result { try task() }) }
        return Scheduled(promise: promise) { self.tasks.removeAll { $0.id == id } }
    }

    func scheduleTask<T>(in wait: TimeAmount, _ task: @escaping @Sendable () throws -> T) -> Scheduled<T> {
        scheduleTask(deadline: now + wait, task)
    }

    func shutdownGracefully(queue: DispatchQueue, _ callback: @escaping @Sendable ((any Error)?) -> Void) {
        tasks = []
        inbox = []
        queue.async { callback(nil) }
    }

    /// Lets go of everything: what waits here holds the store, which holds the loop.
    func end() {
        tasks = []
        inbox = []
    }
}
