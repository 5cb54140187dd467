/// One entry of `routes`.
public struct RouteSettings: Sendable, Equatable {
    /// For logs and `explain`.
    public var name: String?
    /// `/`, then segments: literal, `*` for exactly one, `**` for any number.
    public var path: String
    /// Empty means any. Case-sensitive tokens.
    public var methods: [String] = []
    /// All of them are needed.
    public var permissions: [String] = []
    /// All of them are needed.
    public var scopes: [String] = []
    /// The path's segment, counted from 1, that narrows a scope: of `agents:invoke`, `agents:invoke:planner` is as
    /// good where this segment is `planner`. 1…64; nil narrows none.
    public var scopeSegment: Int?
    /// Lower-case names without port; empty means any.
    public var hosts: [String] = []
    /// Tokens a check spends, 0…`bounds.max_cost`.
    public var cost = 1
    /// What a check reserves of each of these limits, by name, instead of their `settle.estimate`:
    /// 0…`bounds.max_cost`. All of them settle.
    public var reserve: [String: Int] = [:]
    public var encodedSlashes: EncodedSlashRule = .reject
    /// Needs no credential.
    public var isPublic = false
    public var position: SourcePosition = .none
}

/// `routes[].encoded_slashes`: what `%2F` in a path means (gate.md 2).
public enum EncodedSlashRule: String, CaseIterable, Sendable {
    case reject, separator
}

/// `paths`: opt-outs from refusing what two programs could read differently, each for a proxy known to behave.
public struct PathSettings: Sendable, Equatable {
    public enum ParameterRule: String, CaseIterable, Sendable {
        case reject, keep
    }

    public var resolveDots = false
    public var mergeSlashes = false
    /// What `;` in a path means.
    public var pathParameters: ParameterRule = .reject
    public var caseInsensitive = false
    /// Cut before routes are matched; starts with `/` and does not end with one.
    public var stripPrefix: String?
}
