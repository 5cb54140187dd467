public import Domain
public import NIOSSL

/// How to reach Redis and what to do without it: the `redis:` section of the configuration, validated.
public struct RedisSettings: Sendable {

    /// What kind of thing is at the other end.
    public enum Topology: Equatable, Sendable {
        case node(RedisEndpoint)
        /// Nodes to ask for the map of slots, at least one.
        case cluster([RedisEndpoint])
        /// Whom Sentinel names.
        case sentinel(SentinelSettings)
    }

    public var topology: Topology
    /// ACL user; nil authenticates as the default user.
    public var username: String?
    /// Never logged, and never part of an error.
    public var password: String?
    public var database: Int
    /// Nil: no TLS.
    public var tls: NIOSSLContext?
    /// The name the certificate must bear, also sent as SNI; the host connected to if nil. The peer's address always
    /// will do.
    public var tlsServerName: String?
    /// What a check may wait for Redis in all, its time in the queue included.
    public var deadlineMillis: Int
    public var failureMode: FailureMode
    /// `open` for this long from the first failure, whatever `failureMode` says (limits.md 25).
    public var graceSeconds: Int
    /// Processes that share the limits, and workers in this one: what the local share divides by.
    public var replicas: Int
    public var workers: Int
    /// Begins every key. Instances with different prefixes share nothing.
    public var keyPrefix: String
    /// Buckets of the local share, per worker.
    public var fallbackCapacity: Int

    public init(
        endpoint: RedisEndpoint, username: String? = nil, password: String? = nil, database: Int = 0,
        tls: NIOSSLContext? = nil, tlsServerName: String? = nil, deadlineMillis: Int = 10,
        failureMode: FailureMode = .local, graceSeconds: Int = 0, replicas: Int = 1, workers: Int = 1,
        keyPrefix: String = "postern", fallbackCapacity: Int = 65_536
    ) {
        topology = .node(endpoint)
        self.username = username
        self.password = password
        self.database = database
        self.tls = tls
        self.tlsServerName = tlsServerName
        self.deadlineMillis = deadlineMillis
        self.failureMode = failureMode
        self.graceSeconds = graceSeconds
        self.replicas = replicas
        self.workers = workers
        self.keyPrefix = keyPrefix
        self.fallbackCapacity = fallbackCapacity
    }

    /// A cluster or Sentinel; the rest is as for a node until it is set.
    public init(topology: Topology) {
        self.init(endpoint: .unix(path: ""))
        self.topology = topology
    }

    /// Whether both lead to the same data in the same way, so that a reload may keep the connection. Who we are there
    /// may differ: a connection stays who it was, as Redis keeps it through a rotation, and the next one is the new.
    public func sharesConnection(with other: RedisSettings) -> Bool {
        topology == other.topology && database == other.database && tls === other.tls
            && tlsServerName == other.tlsServerName && keyPrefix == other.keyPrefix
    }

    /// Workers in all replicas: the W of limits.md 25.
    var shares: Int { max(1, replicas) * max(1, workers) }
}
