public import Domain

/// `redis`: one node, by TCP, TLS or unix socket.
public struct RedisSettings: Sendable, Equatable {
    public enum Node: Hashable, Sendable {
        /// A name or a numeric address without brackets.
        case tcp(host: String, port: Int)
        case unix(path: String)
    }

    public var node: Node
    public var database = 0
    public var username: String?
    public var password: Secret?
    /// Not nil for `rediss://`.
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
}

/// `redis.tls`.
public struct RedisTLS: Sendable, Equatable {
    /// Absolute path of a PEM file; nil trusts the system's roots.
    public var ca: String?
    /// The name to verify; nil takes the URL's host.
    public var serverName: String?
}
