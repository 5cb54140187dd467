import NIOCore
import Synchronization
import Testing

@testable import Sockets

@Suite struct SocketLoopTests {
    /// A loop on a thread, for as long as `body` runs.
    static func withLoop<Result>(_ body: (SocketLoop) throws -> Result) throws -> Result {
        let thread = try LoopThread(name: "test")
        defer { thread.end() }
        return try body(thread.loop)
    }

    @Test func knowsItsOwnThread() throws {
        try Self.withLoop { (loop) throws in
            #expect(!loop.inEventLoop)
            #expect(try loop.submit { loop.inEventLoop }.wait())
        }
    }

    @Test func runsTasksOfAThreadInTheirOrder() throws {
        try Self.withLoop { (loop) throws in
            let seen = Mutex<[Int]>([])
            for number in 0..<1_000 { loop.execute { seen.withLock { $0.append(number) } } }
            try loop.submit {}.wait()
            #expect(seen.withLock { $0 } == Array(0..<1_000))
        }
    }

    private final class Counter: Sendable {
        private let count = Atomic(0)
        var value: Int { count.load(ordering: .relaxed) }
        func add() { count.add(1, ordering: .relaxed) }
    }

    @Test func losesNoTaskOfManyThreads() async throws {
        let thread = try LoopThread(name: "test")
        let (loop, counter) = (thread.loop, Counter())
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask { for _ in 0..<5_000 { loop.execute { counter.add() } } }
            }
        }
        try await loop.submit {}.get()
        #expect(counter.value == 40_000)
        thread.end()
    }

    /// A task that adds a task must not keep sockets and timers from their turn.
    @Test func aTaskOfATaskIsForTheNextTurn() throws {
        try Self.withLoop { (loop) throws in
            let turns = Mutex(0)
            let seen = try loop.flatSubmit {
                loop.atEndOfTurn = {
                    turns.withLock { $0 += 1 }
                    return false
                }
                let promise = loop.makePromise(of: Int.self)
                loop.execute {
                    let before = turns.withLock { $0 }
                    loop.execute { promise.succeed(turns.withLock { $0 } - before) }
                }
                return promise.futureResult
            }.wait()
            #expect(seen == 1)
        }
    }

    /// Or what is left would wait for somebody else.
    @Test func aTurnWithSomethingLeftIsFollowedAtOnce() throws {
        try Self.withLoop { (loop) throws in
            let start = NIODeadline.now()
            try loop.flatSubmit {
                let promise = loop.makePromise(of: Void.self)
                let turns = Mutex(0)
                loop.atEndOfTurn = {
                    let count = turns.withLock {
                        $0 += 1; return $0
                    }
                    if count == 100 { promise.succeed(()) }
                    return count < 100
                }
                return promise.futureResult
            }.wait()
            #expect(NIODeadline.now() - start < .seconds(5))
        }
    }

    @Test func timersRunWhenDueAndNotBefore() throws {
        try Self.withLoop { (loop) throws in
            let start = NIODeadline.now()
            let end = try loop.scheduleTask(in: .milliseconds(30)) { NIODeadline.now() }.futureResult.wait()
            #expect(end - start >= .milliseconds(30))
            // From the loop itself, and one that is due already.
            let now = try loop.flatSubmit { loop.scheduleTask(deadline: .now()) { true }.futureResult }.wait()
            #expect(now)
        }
    }

    @Test func aCancelledTimerDoesNotRun() throws {
        try Self.withLoop { (loop) throws in
            let ran = Atomic(false)
            let scheduled = loop.scheduleTask(in: .milliseconds(20)) { ran.store(true, ordering: .relaxed) }
            scheduled.cancel()
            #expect(throws: EventLoopError.cancelled) { try scheduled.futureResult.wait() }
            try loop.scheduleTask(in: .milliseconds(40)) {}.futureResult.wait()
            let hasRun = ran.load(ordering: .relaxed)
            #expect(!hasRun)
        }
    }

    @Test func whatIsRepeatedGoesOnUntilItIsCancelled() throws {
        try Self.withLoop { (loop) throws in
            let promise = loop.makePromise(of: Void.self)
            let count = Mutex(0)
            loop.scheduleRepeatedTask(initialDelay: .milliseconds(1), delay: .milliseconds(1)) { task in
                if count.withLock({
                    $0 += 1; return $0
                }) == 5 {
                    task.cancel()
                    promise.succeed(())
                }
            }
            try promise.futureResult.wait()
            #expect(count.withLock { $0 } == 5)
        }
    }

    /// It would wait for ever for a loop that has ended.
    @Test func whatAnEndedLoopIsToldIsLetGoOf() throws {
        final class Held: Sendable {}
        let thread = try LoopThread(name: "test")
        thread.end()
        weak var held: Held?
        do {
            let strong = Held()
            held = strong
            thread.loop.execute { _ = strong }
        }
        #expect(held == nil)
    }
}
