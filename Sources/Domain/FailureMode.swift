/// What a check is told while the limit store cannot answer (`redis.on_failure`, limits.md 25).
public enum FailureMode: String, CaseIterable, Sendable {
    /// Limit with a share of the limit, in this process's memory.
    case local
    /// Let the request pass unlimited.
    case open
    /// Refuse it.
    case closed
    /// Say 503 and let the proxy's own failure mode decide.
    case `defer`
}
