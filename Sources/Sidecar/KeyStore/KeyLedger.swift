import Credentials
import Logging
import NIOCore
import Synchronization

/// The keys of a store as this process knows them, and the one place that tells the workers. On the store's own loop.
final class KeyLedger {
    private let eventLoop: any EventLoop
    private let pool: WorkerPool
    private let logger: Logger
    let metrics: KeyStoreMetrics
    private(set) var known = KnownKeys()
    private(set) var standing = KeyStanding.loading
    var maxStaleSeconds: Int
    private var staleAlarm: Scheduled<Void>?
    /// Each further attempt fails as well, and says nothing new.
    private var isLossTold = false
    /// Called once, when the first reading has come to something.
    private var onFirstOutcome: (() -> Void)?

    init(
        on eventLoop: any EventLoop, _ pool: WorkerPool, maxStaleSeconds: Int, logger: Logger,
        metrics: KeyStoreMetrics, onFirstOutcome: @escaping () -> Void
    ) {
        self.eventLoop = eventLoop
        self.pool = pool
        self.logger = logger
        self.maxStaleSeconds = maxStaleSeconds
        self.metrics = metrics
        self.onFirstOutcome = onFirstOutcome
    }

    /// All that the store has is in `keys`.
    func isCurrent(with keys: KnownKeys, changed: Int) {
        staleAlarm?.cancel()
        staleAlarm = nil
        let wasCurrent = standing == .current
        if !wasCurrent { logger.notice("key store read", metadata: ["keys": "\(keys.count)"]) }
        if keys.unreadable > known.unreadable {
            logger.warning("the key store holds lines that are no keys", metadata: ["lines": "\(keys.unreadable)"])
        }
        (standing, isLossTold) = (.current, false)
        metrics.update { metrics in
            metrics.changes &+= UInt64(changed)
            metrics.reads &+= 1
        }
        if !wasCurrent || keys !== known { publish(keys) }
        concludeFirst()
        // After the workers have been told: nobody waits for it.
        if let merged = known.merged { publish(merged) }
    }

    /// The store cannot be asked. What is known holds for a while.
    func isLost(_ cause: String) {
        if !isLossTold {
            isLossTold = true
            logger.error(
                "key store lost", metadata: ["cause": "\(cause)", "known_keys_hold_seconds": "\(maxStaleSeconds)"])
            metrics.update { $0.losses &+= 1 }
        }
        if standing == .current {
            standing = .apart
            publish(known)
            let bound = NIOLoopBound(self, eventLoop: eventLoop)
            staleAlarm = eventLoop.scheduleTask(in: .seconds(Int64(maxStaleSeconds))) { bound.value.isStale() }
        }
        concludeFirst()
    }

    private func isStale() {
        guard standing == .apart else { return }
        logger.error("the key store has been away for too long: no key of it is good until it is back")
        standing = .stale
        publish(known)
    }

    /// The keys before are let go of here, once no worker has them: a million of them would hold up its checks.
    private func publish(_ keys: KnownKeys) {
        let old = Handover(known)
        known = keys
        let standing = standing
        metrics.update { metrics in
            metrics.known = keys.count
            metrics.unreadable = keys.unreadable
            metrics.standing = standing
        }
        pool.collect(on: eventLoop) { $0.authentication.install(keys, standing) }.whenComplete { _ in _ = old }
    }

    private func concludeFirst() {
        onFirstOutcome?()
        onFirstOutcome = nil
    }
}
