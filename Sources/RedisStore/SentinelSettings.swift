public import NIOSSL

/// Who knows the master of a Redis that Sentinel watches, and how to reach them.
public struct SentinelSettings: Sendable, Equatable {
    /// At least one.
    public var nodes: [RedisEndpoint]
    /// The master's name in Sentinel's configuration.
    public var master: String
    public var username: String?
    /// Never logged, and never part of an error.
    public var password: String?
    /// Nil: no TLS.
    public var tls: NIOSSLContext?
    /// The name their certificates must bear; the host connected to if nil.
    public var tlsServerName: String?

    public init(
        nodes: [RedisEndpoint], master: String, username: String? = nil, password: String? = nil,
        tls: NIOSSLContext? = nil, tlsServerName: String? = nil
    ) {
        self.nodes = nodes
        self.master = master
        self.username = username
        self.password = password
        self.tls = tls
        self.tlsServerName = tlsServerName
    }

    /// Whether both lead to the same master: who we are there may differ.
    public static func == (one: SentinelSettings, other: SentinelSettings) -> Bool {
        one.nodes == other.nodes && one.master == other.master && one.tls === other.tls
            && one.tlsServerName == other.tlsServerName
    }
}
