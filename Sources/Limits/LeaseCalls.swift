public import Domain

/// A worker's wish for tokens of one bucket, to be spent by itself (limits.md 19).
public struct LeaseAsk: Equatable, Sendable {
    public var key: BucketKey
    /// Index into the `LimitTable`.
    public var limit: Int
    /// Tokens, at least 1. The grant is at most an eighth of what the bucket has left.
    public var want: Int64

    public init(key: BucketKey, limit: Int, want: Int64) {
        self.key = key
        self.limit = limit
        self.want = want
    }
}

/// What a store gave for an ask.
public struct LeaseGrant: Equatable, Sendable {
    /// Tokens that left the bucket; 0 where fewer than eight were left.
    public var granted: Int64
    /// How the bucket stands after it, for what is left and when the next token comes (`LimitResult`).
    public var arrival: ArrivalTime
    /// Microseconds on the store's clock: the `granted_at` of a return.
    public var now: Int64
    /// False if the store could not read the bucket; nothing was granted then, and `arrival` means nothing.
    public var isReadable: Bool

    public init(granted: Int64, arrival: ArrivalTime, now: Int64, isReadable: Bool) {
        self.granted = granted
        self.arrival = arrival
        self.now = now
        self.isReadable = isReadable
    }
}

/// Tokens that a worker took and did not spend: those of a lease, or of a check that another store refused
/// (limits.md 13, 18). What flowed in since they left is taken off, so that no window sees more than it may.
public struct LeaseReturn: Equatable, Sendable {
    public var key: BucketKey
    /// Index into the `LimitTable`.
    public var limit: Int
    public var tokens: Int64
    /// `LeaseGrant.now`, or `Spend.now` of the check, of the moment they left.
    public var grantedAtMicros: Int64

    public init(key: BucketKey, limit: Int, tokens: Int64, grantedAtMicros: Int64) {
        self.key = key
        self.limit = limit
        self.tokens = tokens
        self.grantedAtMicros = grantedAtMicros
    }
}
