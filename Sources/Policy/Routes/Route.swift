public import Bytes
public import Domain

/// One compiled rule: what it guards is in the `RouteTable`, what it asks for is here.
public struct Route: Sendable {
    /// As written, for logs, `explain` and per-route limits.
    public var pattern: String
    /// No credential is needed and none is refused.
    public var isPublic: Bool
    public var required: Grants
    /// The words behind `required`, for the answer that names what was missing.
    public var permissions: [String]
    public var scopes: [String]
    /// The path's segment, counted from 1, that a narrower scope ends with.
    public var scopeSegment: Int?
    /// Tokens that one request spends from each of its buckets.
    public var cost: Int64
    /// Whether `%2F` is read as a separator here, because the agent is known to read it so.
    public var separatesEncodedSlashes: Bool
    /// Names this route's own buckets.
    public var owner: Digest128

    public init(
        pattern: String, isPublic: Bool = false, required: Grants = Grants(), permissions: [String] = [],
        scopes: [String] = [], scopeSegment: Int? = nil, cost: Int64 = 1, separatesEncodedSlashes: Bool = false,
        owner: Digest128 = Digest128(high: 0, low: 0)
    ) {
        self.pattern = pattern
        self.isPublic = isPublic
        self.required = required
        self.permissions = permissions
        self.scopes = scopes
        self.scopeSegment = scopeSegment
        self.cost = cost
        self.separatesEncodedSlashes = separatesEncodedSlashes
        self.owner = owner
    }
}

/// What a route guards, as configuration writes it.
public struct RoutePattern: Sendable {
    /// Segments are literal text, `*` for one segment, or `**` for any number of them, none included.
    public var path: String
    /// Empty: every method. `GET` covers `HEAD` (gate.md 3).
    public var methods: [String]
    /// Empty: every host. `example.com`, or `*.example.com` for anything below it.
    public var hosts: [String]

    public init(path: String, methods: [String] = [], hosts: [String] = []) {
        self.path = path
        self.methods = methods
        self.hosts = hosts
    }
}

/// Which route guards a request.
public enum RouteMatch: Hashable, Sendable {
    case route(Int)
    /// Some route has this path, none with this method: refused, whatever `unmatched` says.
    case methodNotAllowed
    case unmatched
}
