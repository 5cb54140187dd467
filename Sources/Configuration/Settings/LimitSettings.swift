public import Domain
public import Limits

/// One entry of `limits`.
public struct LimitSettings: Sendable, Equatable {
    /// Whose bucket a check spends from.
    public enum Scope: String, CaseIterable, Sendable {
        case subject, key, tenant, role, address, route, global
    }

    /// Unique, `[A-Za-z0-9_.-]{1,64}`.
    public var name: String
    public var per: Scope
    /// As it is written, before a lease's hold-back is taken off. Within limits.md 2: B·P/N < 2^50 µs and
    /// max_cost·N < 2^53 − N. Of a limit that counts otherwise than in tokens only the burst counts, which is how many
    /// fit at once; its rate is that many in the window's usual length, or in a slot's lease, for the local share.
    public var quota: Quota
    /// False counts and never refuses.
    public var enforce = true
    /// The roles it holds for; empty means everyone.
    public var roles: [String] = []
    public var counting: Counting = .tokens
    /// Nil is exact: every check asks the store.
    public var lease: LeaseTerms?
    /// Nil: a charge is final. Never beside `lease` or slots.
    public var settlement: SettlementTerms?
    /// Nil: as `redis.on_failure` says.
    public var onFailure: FailureMode?
    public var position: SourcePosition = .none
}
