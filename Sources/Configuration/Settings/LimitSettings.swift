public import Domain

/// One entry of `limits`.
public struct LimitSettings: Sendable, Equatable {
    /// Whose bucket a check spends from.
    public enum Scope: String, CaseIterable, Sendable {
        case subject, key, tenant, role, address, route, global
    }

    /// Unique, `[A-Za-z0-9_.-]{1,64}`.
    public var name: String
    public var per: Scope
    /// Within limits.md 2: B·P/N < 2^50 µs and max_cost·N < 2^53 − N.
    public var quota: Quota
    /// False counts and never refuses.
    public var enforce = true
    /// The roles it holds for; empty means everyone.
    public var roles: [String] = []
    public var position: SourcePosition = .none
}
