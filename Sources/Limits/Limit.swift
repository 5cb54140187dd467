public import Domain

/// Whose bucket a limit spends from: the `per:` of the configuration.
public enum LimitKind: String, CaseIterable, Sendable {
    case subject, key, tenant, role, address, route, global
    /// Not of the configuration: the record of used DPoP proofs, whose buckets hold one token each.
    case proof
}

/// One limit of the configuration, compiled.
public struct Limit: Sendable {
    /// Unique in its table. Part of the Redis key, so that a limit keeps its usage when others are added or moved.
    public let name: String
    /// A stable 64-bit digest of the name, for `BucketKey.limit`.
    public let key: UInt64
    public let kind: LimitKind
    /// The bucket's terms. Of a limit that counts otherwise only the burst means anything: see `Counting`.
    public let quota: CompiledQuota
    /// False for a shadow limit, which is counted and never refuses (limits.md 14).
    public let enforced: Bool
    public let counting: Counting
    /// Nil: every check asks the store.
    public let lease: LeaseTerms?
    /// Nil: a charge is final.
    public let settlement: SettlementTerms?
    /// What to do while the store cannot be asked; nil: what the store's settings say.
    public let onFailure: FailureMode?

    public init(
        name: String, kind: LimitKind, quota: CompiledQuota, enforced: Bool, counting: Counting = .tokens,
        lease: LeaseTerms? = nil, settlement: SettlementTerms? = nil, onFailure: FailureMode? = nil
    ) {
        self.name = name
        self.key = Limit.key(of: name)
        self.kind = kind
        self.quota = quota
        self.enforced = enforced
        self.counting = counting
        self.lease = lease
        self.settlement = settlement
        self.onFailure = onFailure
    }

    /// Whether an admitted check holds something of this limit that it can give back or settle.
    public var isHeld: Bool {
        if case .slots = counting { true } else { settlement != nil }
    }

    /// What its buckets are in a store.
    public var bucketKind: BucketKind {
        switch counting {
        case .tokens: settlement == nil ? .tokens : .settled
        case .calendar: .calendar
        case .slots: .slots
        }
    }

    /// The same limit under another quota, for its local share.
    public func with(_ quota: CompiledQuota) -> Limit {
        Limit(
            name: name, kind: kind, quota: quota, enforced: enforced, counting: counting, lease: lease,
            settlement: settlement, onFailure: onFailure)
    }

    /// FNV-1a, 64 bits. Names are few and chosen by the operator, so this need not resist an adversary.
    public static func key(of name: String) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        return hash
    }
}

/// All limits of one configuration, immutable: part of a Snapshot, and replaced whole.
///
/// The arrays beside `limits` hold what a spend reads, apart from the names, so that reading them retains nothing.
public final class LimitTable: Sendable {
    public let limits: [Limit]
    public let quotas: ContiguousArray<CompiledQuota>
    public let enforced: ContiguousArray<Bool>
    /// The limits' names as they stand in Redis keys.
    public let names: ContiguousArray<ContiguousArray<UInt8>>
    public let kinds: ContiguousArray<BucketKind>
    /// Whether a limit's admitted checks hold a ticket: `Limit.isHeld`.
    public let held: ContiguousArray<Bool>
    /// Whether a limit is leased.
    public let leased: ContiguousArray<Bool>
    /// Whether any is.
    public let hasLeases: Bool
    /// Whether every limit is a token bucket whose charges are final: the common case, which needs no ticket.
    public let isPlain: Bool

    /// The names must differ; configuration refuses doubles with a position.
    public init(_ limits: [Limit]) {
        self.limits = limits
        quotas = ContiguousArray(limits.map(\.quota))
        enforced = ContiguousArray(limits.map(\.enforced))
        names = ContiguousArray(limits.map { ContiguousArray($0.name.utf8) })
        kinds = ContiguousArray(limits.map(\.bucketKind))
        held = ContiguousArray(limits.map(\.isHeld))
        leased = ContiguousArray(limits.map { $0.lease != nil })
        hasLeases = limits.contains { $0.lease != nil }
        isPlain = limits.allSatisfy { $0.counting.isTokens && !$0.isHeld }
    }

    /// The limit whose buckets have `key`: for cold paths.
    public func index(ofKey key: UInt64) -> Int? { limits.firstIndex { $0.key == key } }

    /// For code that has not been handed a configuration yet.
    public static let empty = LimitTable([])
}
