import Bytes
public import Domain
import Glibc

/// What one limit said to a check, for the audit.
public struct AuditLimit: Sendable {
    public var name: String
    /// Whether the cost fitted.
    public var fits: Bool
    /// False for a shadow limit, which refused nobody.
    public var enforced: Bool
    /// Whole tokens left, or nil where the store could not say.
    public var remaining: Int64?
    /// Seconds until this cost could fit, or nil where it never will or nobody knows.
    public var waitSeconds: Int64?

    public init(name: String, fits: Bool, enforced: Bool = true, remaining: Int64? = nil, waitSeconds: Int64? = nil) {
        self.name = name
        self.fits = fits
        self.enforced = enforced
        self.remaining = remaining
        self.waitSeconds = waitSeconds
    }
}

/// A word beside the reason: one of ours without an allocation, or text.
public enum AuditWord: Sendable {
    case fixed(StaticString)
    case text(String)
}

/// One finished check as the audit sees it: named fields and no way to hand over a header, a body or a credential,
/// which is what keeps secrets out. A worker keeps one and fills it anew for each record.
///
/// Who is asking stands here only if it was proved: a refused token's claims are nobody's.
public struct AuditRecord: Sendable {
    /// Milliseconds since 1970; `AuditRecord.now()`.
    public var time: Int64
    public var decision: Decision
    /// Method, path, host and address. Its ranges lie in the bytes given to `submit` beside the record.
    public var request: CheckRequest
    /// Nil where the request ended before its dialect was known.
    public var dialect: Dialect?
    public var principal: Principal?
    /// The pattern of the route that decided.
    public var route: String?
    /// A `TokenFault`'s word, a path's fault: finer than the reason.
    public var fault: AuditWord?
    /// The claim that the fault is about.
    public var claim: String?
    /// Tokens asked of each bucket.
    public var cost: Int64?
    /// What the limits said; clear it with `removeAll(keepingCapacity: true)`.
    public var limits: ContiguousArray<AuditLimit> = []
    /// From the request's last byte to its decision.
    public var latencyNanoseconds: UInt64

    public init(
        time: Int64 = 0, decision: Decision = .deny(.malformedRequest),
        request: CheckRequest = CheckRequest(dialect: .json), dialect: Dialect? = nil, principal: Principal? = nil,
        route: String? = nil, fault: AuditWord? = nil, claim: String? = nil, cost: Int64? = nil,
        limits: ContiguousArray<AuditLimit> = [], latencyNanoseconds: UInt64 = 0
    ) {
        self.time = time
        self.decision = decision
        self.request = request
        self.dialect = dialect
        self.principal = principal
        self.route = route
        self.fault = fault
        self.claim = claim
        self.cost = cost
        self.limits = limits
        self.latencyNanoseconds = latencyNanoseconds
    }

    /// Milliseconds since 1970 by the precise clock.
    public static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
}
