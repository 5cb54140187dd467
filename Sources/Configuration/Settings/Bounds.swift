/// `bounds`: how much of anything Postern takes on before it refuses, each with its default.
public struct Bounds: Sendable, Equatable {
    /// Request line and headers together, in bytes. 1,024…65,536.
    public var headBytes = 65_536
    /// Header fields in a request. 8…128.
    public var headers = 128
    /// A request body, read and dropped. 0…67,108,864.
    public var bodyBytes = 1_048_576
    /// Open connections on the check port, over all workers. 1…1,000,000.
    public var connections = 10_000
    /// Seconds from a request's first byte to the end of its head. 1…300.
    public var headTimeoutSeconds = 10
    /// Seconds between requests on a kept connection; longer than any proxy keeps one (gate.md 21). 1…86,400.
    public var idleTimeoutSeconds = 3_700
    /// The most one check may cost. 1…1,000,000. A limit is refused unless max_cost·N < 2^53 − N (limits.md 2).
    public var maxCost = 1_000
    /// Checks waiting for somebody else's word (keys, introspection, authorizers), over all workers. 1…100,000.
    public var coldChecks = 1_000
}
