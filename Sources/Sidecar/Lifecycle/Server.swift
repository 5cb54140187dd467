package import Configuration
import Domain
import Glibc
package import Logging
import NIOCore
import NIOPosix
import Sockets
import Synchronization
import Telemetry

/// The process: binds, serves, reloads, drains. Wiring and order only; what a check does is in `Pipeline`.
///
/// Lives on the main thread, which does nothing but wait for signals and look at the configuration file.
package final class Server {
    private var source: ConfigurationSource
    private let logger: Logger
    private let signals: SignalWaiter
    private let readiness = Readiness()
    private let services: ProviderServices
    /// Nil where no key store is configured.
    private var keys: KeyStoreService?
    /// As the newest good file says.
    private var drainSeconds = 0

    /// How often the configuration file is looked at.
    private static let pollMilliseconds = 250

    package init(
        source: ConfigurationSource, signals: SignalWaiter, logger: Logger,
        registry: AuthenticatorRegistry = AuthenticatorRegistry()
    ) {
        services = ProviderServices(
            registry: registry, log: ProviderLog(logger: logger), secrets: source.secrets)
        self.source = source
        self.signals = signals
        self.logger = logger
    }

    /// Serves until SIGTERM or SIGINT, then drains. Throws if it could not start.
    package func run(_ snapshot: Snapshot) throws {
        Hardening.apply()
        let settings = snapshot.settings
        drainSeconds = settings.drainSeconds
        let threads = try (0..<settings.workers).map { try LoopThread(name: "worker-\($0)") }
        defer { for thread in threads { thread.end() } }
        let loops = threads.map(\.loop)
        let gate = try Gate(snapshot, services: services)
        let audit = try openAudit(snapshot)
        defer { audit?.close() }
        let pool = try WorkerFactory(logger: logger, audit: audit).makePool(on: loops, gate)
        services.tell { index in pool.forEach { $0.authentication.keysChanged(index) } }
        defer { services.close() }
        let keys = KeyStoreService(settings, pool)
        try keys?.start(settings, logger: logger)
        self.keys = keys
        let adminGroup = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let listener = Listener(pool: pool, loops: loops)
        var listeners: [SocketListener] = []
        do {
            for terms in settings.listeners {
                listeners.append(try naming(terms.endpoint) { try listener.bind(terms, snapshot) })
            }
            let admin = AdminServer(
                pool: pool, readiness: readiness, group: adminGroup, services: services, keys: keys,
                audit: audit)
            let adminChannel = try naming(settings.admin.endpoint) { try admin.bind(settings.admin.endpoint) }
            let control = try settings.admin.control.map { endpoint in
                try naming(endpoint) {
                    try ControlServer(
                        pool: pool, group: adminGroup, logger: logger, readiness: readiness, services: services
                    ).bind(endpoint)
                }
            }
            announce(listeners, adminChannel, settings)
            source.isInForce(logger: logger)
            StartupPages.release()
            defer { source.secrets.stop() }
            serve(pool, settings, audit)
            drain(pool, listeners)
            try? adminChannel.close().wait()
            try? control?.close().wait()
        } catch {
            keys?.close()
            try? adminGroup.syncShutdownGracefully()
            throw error
        }
        keys?.close()
        try? adminGroup.syncShutdownGracefully()
        logger.notice("stopped")
    }

    private func openAudit(_ snapshot: Snapshot) throws -> AuditLog? {
        guard let settings = snapshot.settings.audit else { return nil }
        let target: AuditLog.Target =
            switch settings.destination {
            case .file(let path): .file(path)
            case .standardOutput: .standardOutput
            }
        do {
            return try AuditLog(
                target, key: snapshot.credentials.auditKey?.bytes, replica: HostName.current,
                queueBytes: settings.queueBytes, logger: logger)
        } catch {
            throw StartupError("cannot keep the audit log: \(error)")
        }
    }

    /// The system's error does not say which of several addresses it is about.
    private func naming<Bound>(_ endpoint: Endpoint, _ bind: () throws -> Bound) throws -> Bound {
        do { return try bind() } catch { throw StartupError("cannot listen on \(endpoint.text): \(error)") }
    }

    private func announce(_ listeners: [SocketListener], _ admin: any Channel, _ settings: Settings) {
        for listener in listeners {
            logger.notice("listening", metadata: ["address": "\(listener.address?.description ?? "?")"])
        }
        logger.notice(
            "ready",
            metadata: [
                "admin": "\(admin.localAddress?.description ?? "?")", "workers": "\(settings.workers)",
                "version": "\(BuildInfo.version)",
            ])
        if settings.auth.mode == .none {
            logger.warning("auth.mode is none: every request is anonymous and nobody is refused for who they are")
        }
    }

    private func serve(_ pool: WorkerPool, _ settings: Settings, _ audit: AuditLog?) {
        while true {
            switch signals.wait(milliseconds: Server.pollMilliseconds) {
            case .terminate: return
            case .reload:
                // The sign that a log was rotated, too.
                audit?.reopen()
                source.secrets.refresh()
                reload(pool, settings)
            case .none: if source.hasChanged() { reload(pool, settings) }
            }
        }
    }

    /// Compiles the file and swaps the Snapshot in every worker; a bad file changes nothing.
    private func reload(_ pool: WorkerPool, _ current: Settings) {
        guard let (snapshot, problems) = source.loadUnlessWaiting() else {
            return logger.notice("reload waits for secrets that are not known yet")
        }
        for problem in problems {
            logger.log(
                level: problem.severity == .error ? .error : .warning, "configuration",
                metadata: ["problem": "\(problem)"])
        }
        guard let snapshot else {
            readiness.reloadsFailed.add(1, ordering: .relaxed)
            logger.error("reload refused; the configuration before it stays in force")
            return
        }
        for name in RestartOnly.changed(from: current, to: snapshot.settings) {
            logger.warning("a changed setting takes effect at the next start", metadata: ["setting": "\(name)"])
        }
        drainSeconds = snapshot.settings.drainSeconds
        do {
            let gate = try Gate(snapshot, services: services)
            pool.forEach { $0.install(gate) }
            services.keep(snapshot.settings.auth.jwt?.issuers ?? [])
            try keys?.replace(snapshot.settings)
        } catch {
            readiness.reloadsFailed.add(1, ordering: .relaxed)
            return logger.error("reload refused", metadata: ["cause": "\(error)"])
        }
        source.isInForce(logger: logger)
        readiness.reloadsSucceeded.add(1, ordering: .relaxed)
        logger.notice("reloaded")
    }

    /// Not ready; no new connections; what is in flight is finished; then everything is closed.
    private func drain(_ pool: WorkerPool, _ listeners: [SocketListener]) {
        logger.notice("draining", metadata: ["seconds": "\(drainSeconds)"])
        readiness.isDraining.store(true, ordering: .relaxed)
        pool.forEach { $0.drain() }
        for listener in listeners { listener.close() }
        Drain(pool: pool, seconds: drainSeconds).wait()
    }
}

/// What a running process cannot change: said out loud, so that nobody waits for it.
enum RestartOnly {
    static func changed(from old: Settings, to new: Settings) -> [String] {
        var names: [String] = []
        if old.listeners.map(placeless) != new.listeners.map(placeless) { names.append("listen") }
        if old.admin.endpoint != new.admin.endpoint { names.append("admin.address") }
        if old.admin.control != new.admin.control { names.append("admin.control") }
        if old.workers != new.workers { names.append("workers") }
        if old.bounds != new.bounds { names.append("bounds") }
        if old.maxBuckets != new.maxBuckets { names.append("memory") }
        if old.redis.map(wayTo) != new.redis.map(wayTo) { names.append("redis") }
        if old.auth.rateLimitBackend != new.auth.rateLimitBackend { names.append("auth.rate_limit_backend") }
        if old.keyStore?.place != new.keyStore?.place { names.append("auth.api_keys.store") }
        if old.audit.map(unsampled) != new.audit.map(unsampled) { names.append("audit") }
        if old.log.level != new.log.level { names.append("log.level") }
        return names
    }

    /// All of the audit's settings but how many allows it records.
    private static func unsampled(_ audit: AuditSettings) -> AuditSettings {
        var audit = audit
        (audit.allowedPerMillion, audit.position) = (0, .none)
        return audit
    }

    /// A listener that only moved within the file is the same one.
    private static func placeless(_ listener: ListenerSettings) -> ListenerSettings {
        var listener = listener
        listener.position = .none
        return listener
    }

    /// What leads to Redis and its keys; the other settings, and who we are there, a reload replaces.
    private static func wayTo(_ redis: RedisSettings) -> RedisSettings {
        var way = redis
        (way.username, way.password, way.position) = (nil, nil, .none)
        (way.deadlineMilliseconds, way.onFailure, way.replicas, way.graceSeconds) = (0, .local, 0, 0)
        return way
    }
}
