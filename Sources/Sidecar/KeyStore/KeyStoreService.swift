import Configuration
import Credentials
import Glibc
import Logging
import NIOCore
import NIOPosix
import Synchronization

/// The key store of a process: a loop of its own, on which a ledger follows the store. Workers only ever get a new
/// state of the keys.
final class KeyStoreService: Sendable {
    /// One of the two kinds.
    private enum Watch {
        case redis(RedisKeyWatch)
        case file(FileKeyWatch)
    }

    /// On the loop alone.
    private final class Following {
        var ledger: KeyLedger?
        var watch: Watch?
    }

    let metrics = KeyStoreMetrics()
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let following = Handover(Following())
    private let pool: WorkerPool
    private let isInRedis: Bool

    /// What the first reading may take before checks are answered without it; a million keys need a few seconds.
    private static let firstReadingMillis: Int64 = 30_000
    /// How often uses are noted.
    private static let useInterval = TimeAmount.seconds(10)

    /// Nil where the configuration has no store, or nobody who would ask it.
    init?(_ settings: Settings, _ pool: WorkerPool) {
        guard let store = settings.keyStore else { return nil }
        self.pool = pool
        isInRedis = store.place == .redis
    }

    /// Reads the store. Returns when it has been read or cannot be.
    func start(_ settings: Settings, logger: Logger) throws {
        guard let store = settings.keyStore else { return }
        let redis = try settings.redis.map { try RedisTerms.settings($0, workers: settings.workers) }
        let loop = group.next()
        let first = loop.makePromise(of: Void.self)
        loop.scheduleTask(in: .milliseconds(Self.firstReadingMillis)) { first.succeed() }
        pool.forEach { $0.authentication.install(KnownKeys(), .loading) }
        loop.execute { [self] in
            let ledger = KeyLedger(
                on: loop, pool, maxStaleSeconds: store.maxStaleSeconds, logger: logger, metrics: metrics,
                onFirstOutcome: { first.succeed() })
            following.value.ledger = ledger
            switch (store.place, redis) {
            case (.redis, let redis?):
                let watch = RedisKeyWatch(redis, on: loop, ledger)
                following.value.watch = .redis(watch)
                watch.start()
            case (.file(let path), _):
                let watch = FileKeyWatch(path, on: loop, ledger)
                following.value.watch = .file(watch)
                watch.start()
            // Configuration refuses it.
            case (.redis, nil): first.succeed()
            }
        }
        loop.scheduleRepeatedTask(initialDelay: Self.useInterval, delay: Self.useInterval) { [self] _ in noteUse(loop) }
        try first.futureResult.wait()
    }

    @discardableResult
    private func noteUse(_ loop: any EventLoop) -> EventLoopFuture<Void> {
        let noted = loop.makePromise(of: Void.self)
        pool.collect(on: loop) { $0.authentication.stored.takeUsed() }.whenComplete { [self] all in
            var times: [String: Int64] = [:]
            for part in (try? all.get()) ?? [] { times.merge(part) { max($0, $1) } }
            switch following.value.watch {
            case .redis(let watch): watch.noteUse(times) { noted.succeed() }
            case .file(let watch):
                watch.noteUse(times)
                noted.succeed()
            case nil: noted.succeed()
            }
        }
        return noted.futureResult
    }

    /// What a reload may change: for how long keys hold, and who we are to Redis.
    func replace(_ settings: Settings) throws {
        guard let store = settings.keyStore, (store.place == .redis) == isInRedis else { return }
        let redis = try settings.redis.map { try RedisTerms.settings($0, workers: settings.workers) }
        group.next().execute { [self] in
            following.value.ledger?.maxStaleSeconds = store.maxStaleSeconds
            if case .redis(let watch)? = following.value.watch, let redis { watch.replace(redis) }
        }
    }

    /// Notes the last uses and lets go of the store. Before the workers' loops end.
    func close() {
        let loop = group.next()
        try? loop.flatSubmit { [self] in noteUse(loop) }.wait()
        try? loop.submit { [self] in
            switch following.value.watch {
            case .redis(let watch): watch.close()
            case .file(let watch): watch.close()
            case nil: break
            }
            following.value.watch = nil
        }.wait()
        try? group.syncShutdownGracefully()
    }
}

extension Settings {
    /// The store of API keys, where they are judged at all.
    var keyStore: KeyStoreSettings? { auth.providers.contains(.apiKey) ? auth.apiKeys.store : nil }
}
