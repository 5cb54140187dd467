public import Domain

/// Where a socket is bound.
public enum Endpoint: Hashable, Sendable {
    /// A numeric address without brackets, and a port; port 0 lets the system choose.
    case tcp(host: String, port: Int)
    /// An absolute path of at most 107 bytes.
    case unix(path: String)
}

/// One entry of `listen`.
public struct ListenerSettings: Sendable, Equatable {
    public var endpoint: Endpoint
    /// Permission bits of a unix socket (`mode`), or nil to leave them to the umask.
    public var socketMode: UInt32?
    /// The only dialect this listener speaks, or nil to choose by the path's prefix.
    public var dialect: Dialect?
    public var tls: ListenerTLS?
    /// Peers that may connect; empty means all. Never empty beyond loopback without `tls.clientCA` (gate.md 7).
    public var allowedPeers: [AddressBlock] = []
    public var position: SourcePosition = .none
}

/// `tls` of a listener: absolute paths of PEM files, readable when they were checked.
public struct ListenerTLS: Sendable, Equatable {
    public var certificate: String
    public var key: String
    /// Whose client certificates are required; nil asks for none.
    public var clientCA: String?
    /// The certificates revoked, in PEM; never without `clientCA`.
    public var crl: String?
}

/// `admin`.
public struct AdminSettings: Sendable, Equatable {
    /// /healthz, /readyz and /metrics. May be beyond loopback, for probes.
    public var endpoint: Endpoint
    /// Looking at limits and resetting them: a unix socket or loopback; nil is off. Never without `token`.
    public var control: Endpoint?
    /// What a request to `control` must bear: 32 to 256 printable bytes. A Snapshot's settings hold none; it has the
    /// digest, `CompiledCredentials.controlToken`.
    public var token: Secret?
    /// Whether `control` serves `/docs` and `/dashboard` too. Never without it.
    public var pages = false
    public var position: SourcePosition = .none
}
