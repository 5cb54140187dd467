import Configuration
import Logging
import NIOSSL
import RedisStore

/// The configuration's words about Redis in the store's own, and the store's events as log lines.
enum RedisTerms {
    static func settings(_ file: Configuration.RedisSettings, workers: Int) throws -> RedisStore.RedisSettings {
        var settings = RedisStore.RedisSettings(topology: try topology(file.topology))
        settings.database = file.database
        settings.workers = workers
        settings.keyPrefix = file.keyPrefix
        apply(file, to: &settings)
        if let tls = file.tls {
            settings.tls = try context(tls)
            settings.tlsServerName = tls.serverName
        }
        return settings
    }

    /// What a reload may change without another connection; a new password is for the next one.
    static func apply(_ file: Configuration.RedisSettings, to settings: inout RedisStore.RedisSettings) {
        settings.username = file.username
        settings.password = file.password.map { String(decoding: $0.bytes, as: UTF8.self) }
        settings.deadlineMillis = file.deadlineMilliseconds
        settings.failureMode = file.onFailure
        settings.graceSeconds = file.graceSeconds
        settings.replicas = file.replicas
        if case .sentinel(let sentinel) = file.topology, case .sentinel(var terms) = settings.topology {
            terms.username = sentinel.username
            terms.password = sentinel.password.map { String(decoding: $0.bytes, as: UTF8.self) }
            settings.topology = .sentinel(terms)
        }
    }

    private static func topology(
        _ file: Configuration.RedisSettings.Topology
    ) throws -> RedisStore.RedisSettings.Topology {
        switch file {
        case .node(let node): return .node(endpoint(node))
        case .cluster(let nodes): return .cluster(nodes.map(endpoint))
        case .sentinel(let sentinel):
            return .sentinel(
                RedisStore.SentinelSettings(
                    nodes: sentinel.nodes.map(endpoint), master: sentinel.master, tls: try sentinel.tls.map(context),
                    tlsServerName: sentinel.tls?.serverName))
        }
    }

    private static func endpoint(_ node: Configuration.RedisSettings.Node) -> RedisEndpoint {
        switch node {
        case .tcp(let host, let port): .tcp(host: host, port: port)
        case .unix(let path): .unix(path: path)
        }
    }

    private static func context(_ tls: RedisTLS) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        if let authority = tls.ca { configuration.trustRoots = .file(authority) }
        return try NIOSSLContext(configuration: configuration)
    }

    /// One line per change of state.
    static func log(_ event: RedisEvent, to logger: Logger) {
        switch event {
        case .up: logger.notice("redis up")
        case .down(let failure): logger.error("redis down", metadata: ["cause": "\(failure.rawValue)"])
        case .warning(let warning): logger.warning("redis", metadata: ["warning": "\(warning.rawValue)"])
        case .whole: logger.notice("redis cluster whole: every node can be asked")
        case .scriptReloaded: logger.notice("redis script loaded again")
        case .unreadableBucket: logger.warning("redis holds a value that is not a bucket under one of our keys")
        }
    }
}
