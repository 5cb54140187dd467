public import Domain

/// A configuration file, decoded and validated: every value is in its bounds, every reference resolved, every name
/// known. Plain values; `Snapshot` compiles them into what a check needs.
///
/// docs/configuration.md is the reference of the keys these fields come from.
public struct Settings: Sendable, Equatable {
    /// `listen`. At least one.
    public var listeners: [ListenerSettings]
    public var admin: AdminSettings
    /// Event loops, 1…64.
    public var workers: Int
    /// Peers whose word about the client's address is believed (gate.md 5, 6).
    public var trustedProxies: [AddressBlock]
    /// How long SIGTERM waits for what is in flight.
    public var drainSeconds: Int
    public var bounds: Bounds
    public var auth: AuthSettings
    /// `authorization`: nil leaves the last word to the routes.
    public var authorization: ExternalAuthorizationSettings?
    /// What happens to a request no route matches.
    public var unmatched: UnmatchedRule
    /// First match wins.
    public var routes: [RouteSettings]
    public var paths: PathSettings
    /// Beyond the roles' own, which are in `auth.rateLimits`.
    public var limits: [LimitSettings]
    /// `memory.max_buckets`: the most buckets the in-memory store holds.
    public var maxBuckets: Int
    /// Nil unless the file has a `redis` section.
    public var redis: RedisSettings?
    /// `reserve_header`: where a trusted proxy says what a request reserves; nil reads none.
    public var reserveHeader: String?
    public var response: ResponseSettings
    public var preflight: PreflightRule
    public var log: LogSettings
    /// Nil keeps no audit log.
    public var audit: AuditSettings?
}

/// `unmatched`: what happens to a request no route matches.
public enum UnmatchedRule: String, CaseIterable, Sendable {
    case deny
    /// Any principal but the anonymous one may pass.
    case authenticated
}

/// `preflight`: what happens to a CORS preflight without a credential (gate.md 20).
public enum PreflightRule: String, CaseIterable, Sendable {
    case check, allow
}

/// `log`.
public struct LogSettings: Sendable, Equatable {
    public enum Level: String, CaseIterable, Sendable {
        case debug, info, warning, error
    }

    public var level: Level = .info
    /// Whether an allowed check is a log line too.
    public var allowed = false
}
