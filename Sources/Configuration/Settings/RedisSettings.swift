public import Domain

/// `redis`: one node, a cluster, or a master that Sentinel names.
public struct RedisSettings: Sendable, Equatable {
    public enum Node: Hashable, Sendable {
        /// A name or a numeric address without brackets.
        case tcp(host: String, port: Int)
        case unix(path: String)
    }

    /// `url`, `cluster` or `sentinel`, of which a file has exactly one.
    public enum Topology: Hashable, Sendable {
        case node(Node)
        /// Where to ask for the map of slots, in the order of the file; at least one, none of them a unix socket.
        case cluster(nodes: [Node])
        case sentinel(SentinelSettings)
    }

    public var topology: Topology
    /// 0 in a cluster.
    public var database = 0
    public var username: String?
    public var password: Secret?
    /// Not nil for `rediss://`, and where a cluster or Sentinel has `tls` beside it: of the nodes that hold buckets.
    public var tls: RedisTLS?
    /// The longest any command may take.
    public var deadlineMilliseconds = 10
    public var onFailure: FailureMode = .local
    /// How many replicas share the limits, for the local share of each.
    public var replicas = 1
    /// Seconds of `open` after the first failure, before `onFailure` holds (limits.md 25).
    public var graceSeconds = 0
    /// The first part of every key. `[A-Za-z0-9_.:-]{1,64}`: no braces, which would move the hash tag.
    public var keyPrefix = "postern"
    public var position: SourcePosition = .none

    /// The first place that is asked.
    public var node: Node {
        switch topology {
        case .node(let node): node
        case .cluster(let nodes): nodes[0]
        case .sentinel(let sentinel): sentinel.nodes[0]
        }
    }
}

/// `redis.sentinel`: who knows the master. User, password and TLS are for the Sentinels themselves; those of the master
/// stand in `redis`.
public struct SentinelSettings: Sendable, Hashable {
    /// At least one, none of them a unix socket.
    public var nodes: [RedisSettings.Node]
    /// The master's name in Sentinel's configuration.
    public var master: String
    public var username: String?
    public var password: Secret?
    public var tls: RedisTLS?
}

/// `redis.tls` and `redis.sentinel.tls`.
public struct RedisTLS: Sendable, Hashable {
    /// Absolute path of a PEM file; nil trusts the system's roots.
    public var ca: String?
    /// The name to verify; nil takes the host connected to.
    public var serverName: String?
}
