import Configuration
import Limits
import Logging
import NIOCore
import RedisStore
import Sockets
import Telemetry

/// Makes the workers of a process, each with its own way to the limit store.
struct WorkerFactory {
    let logger: Logger
    let audit: AuditLog?

    /// How often a worker looks for connections past their deadline.
    private static let sweepInterval = TimeAmount.seconds(1)

    func makePool(on loops: [SocketLoop], _ gate: Gate) throws -> WorkerPool {
        let settings = gate.snapshot.settings
        var terms: RedisStore.RedisSettings?
        if settings.auth.rateLimitBackend == .redis, let file = settings.redis {
            terms = try RedisTerms.settings(file, workers: loops.count)
        }
        let engines = try makeEngines(loops, terms, buckets: settings.maxBuckets)
        let workers = zip(loops, engines).map { loop, engine in
            Worker(eventLoop: loop, gate: gate, store: engine, redisTerms: terms, audit: audit, logger: logger)
        }
        let pool = WorkerPool(workers)
        for worker in workers {
            let worker = Handover(worker)
            worker.value.eventLoop.scheduleRepeatedTask(
                initialDelay: WorkerFactory.sweepInterval, delay: WorkerFactory.sweepInterval
            ) { _ in worker.value.sweep(at: Clock.monotonic()) }
        }
        for (worker, loop) in zip(workers, loops) {
            let worker = Handover(worker)
            loop.execute { loop.atEndOfTurn = { worker.value.endTurn() } }
        }
        return pool
    }

    private func makeEngines(
        _ loops: [any EventLoop], _ terms: RedisStore.RedisSettings?, buckets: Int
    ) throws -> [LimitEngine] {
        if let terms { return try loops.map { .redis(try makeRedisStore(terms, on: $0)) } }
        let store = MemoryStore(capacity: buckets, seed: .random(in: 0 ... .max))
        let handover = Handover(store)
        return loops.enumerated().map { index, loop in
            index == 0 ? .memory(store) : .remote(RemoteMemory(store: handover, home: loops[0], here: loop))
        }
    }

    /// Made and started on the loop that owns it.
    private func makeRedisStore(
        _ settings: RedisStore.RedisSettings, on loop: any EventLoop
    ) throws -> RedisLimitStore {
        let logger = logger
        return try loop.submit {
            let store = RedisLimitStore(settings: settings, eventLoop: loop) { RedisTerms.log($0, to: logger) }
            store.start()
            return Handover(store)
        }.wait().value
    }
}
