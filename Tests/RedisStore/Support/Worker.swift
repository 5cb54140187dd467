import Bytes
import Domain
import Limits
import NIOCore
import NIOPosix

@testable import RedisStore

/// One event loop with a `RedisLimitStore` on it, asked from outside: what a worker of the sidecar is to its store.
final class Worker: Sendable {
    let loop: any EventLoop
    private let store: NIOLoopBoundBox<RedisLimitStore>
    private let events: NIOLoopBoundBox<[RedisEvent]>

    /// Connects, and waits until the store is up unless told not to.
    init(_ settings: RedisSettings, waitsUntilUp: Bool = true) async throws {
        let loop = Worker.anyLoop
        self.loop = loop
        (store, events) = try await loop.submit {
            let events = NIOLoopBoundBox<[RedisEvent]>([], eventLoop: loop)
            let store = RedisLimitStore(settings: settings, eventLoop: loop) { events.value.append($0) }
            store.start()
            return (NIOLoopBoundBox(store, eventLoop: loop), events)
        }.get()
        if waitsUntilUp { try await until { $0.health == .up } }
    }

    convenience init(_ server: RedisServer, deadline: Int = 1_000, mode: FailureMode = .closed) async throws {
        try await self.init(Worker.settings(server, deadline: deadline, mode: mode))
    }

    /// A deadline no test machine misses by accident; tests of the deadline set their own.
    static func settings(_ server: RedisServer, deadline: Int = 1_000, mode: FailureMode = .closed) -> RedisSettings {
        RedisSettings(
            endpoint: .tcp(host: "127.0.0.1", port: server.port), deadlineMillis: deadline, failureMode: mode)
    }

    /// A store would go on trying to connect, to a server that is gone by now.
    deinit {
        let store = store
        loop.execute { _ = store.value.close() }
    }

    func close() async throws { try await read { _ = $0.close() } }

    func read<Value: Sendable>(_ body: @escaping @Sendable (RedisLimitStore) -> Value) async throws -> Value {
        let store = store
        return try await loop.submit { body(store.value) }.get()
    }

    var seen: [RedisEvent] {
        get async throws {
            let events = events
            return try await loop.submit { events.value }.get()
        }
    }

    struct NeverHappened: Error {}

    /// Waits for a state of the store; throws after `seconds`.
    func until(seconds: Double = 5, _ condition: @escaping @Sendable (RedisLimitStore) -> Bool) async throws {
        for _ in 0..<Int(seconds * 200) {
            if try await read(condition) { return }
            try await Task.sleep(nanoseconds: 5_000_000)
        }
        throw NeverHappened()
    }

    func check(_ table: LimitTable, _ charges: Charge...) async throws -> Answer {
        try await check(table, [charges])[0]
    }

    /// All checks in one tick.
    func check(
        _ table: LimitTable, _ checks: [[Charge]], id: Digest128 = Digest128(high: 0, low: 0)
    ) async throws -> [Answer] {
        let store = store
        let loop = loop
        return try await loop.flatSubmit {
            let answers = checks.map { charges in Worker.ask(store.value, table, charges, id, loop) }
            return EventLoopFuture.whenAllSucceed(answers, on: loop)
        }.get()
    }

    func perform(_ operation: StoreOperation, _ table: LimitTable) async throws -> StoreAnswer {
        let store = store
        let loop = loop
        return try await loop.flatSubmit {
            let promise = loop.makePromise(of: StoreAnswer.self)
            store.value.perform(operation, under: table, at: NIODeadline.now().uptimeNanoseconds) {
                promise.succeed($0)
            }
            return promise.futureResult
        }.get()
    }

    private static func ask(
        _ store: RedisLimitStore, _ table: LimitTable, _ charges: [Charge], _ id: Digest128,
        _ loop: any EventLoop
    ) -> EventLoopFuture<Answer> {
        let promise = loop.makePromise(of: Answer.self)
        let start = NIODeadline.now().uptimeNanoseconds
        let spend = Spend { spend in
            var answer = Answer(spend)
            answer.waited = NIODeadline.now().uptimeNanoseconds - start
            // A second call for one check is a second success of one promise, which traps.
            promise.succeed(answer)
        }
        spend.table = table
        spend.ticketID = id
        spend.charges = ContiguousArray(charges)
        if store.spend(spend, at: start) { promise.succeed(Answer(spend)) }
        return promise.futureResult
    }
}

extension Worker {
    static var anyLoop: any EventLoop { MultiThreadedEventLoopGroup.singleton.next() }
}
