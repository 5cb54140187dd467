public import Credentials

/// What is known of one issuer's keys at a moment: immutable, handed to every worker.
public struct KeySetSnapshot: Sendable {
    /// Nil: nothing can be decided about this issuer's tokens (gate.md 13).
    public var keys: KeySet?
    /// Seconds since 1970 when `keys` came; 0 without keys.
    public var fetchedAt: Int64
    /// Whether the keys have outlived their lifetime and serve only because the provider is out of reach.
    public var isStale: Bool
    /// Why the last fetch failed; nil when it succeeded or none has ended yet. With a fault, a key that is not in the
    /// set may exist all the same: a token that names one is undecidable and not refused.
    public var fault: KeySetFetchFault?
    /// Grows with every snapshot of one source.
    public var generation: UInt64

    static let initial = KeySetSnapshot(keys: nil, fetchedAt: 0, isStale: false, fault: nil, generation: 0)
}

/// What a source has done, for the metrics.
public struct KeySetSourceCounters: Sendable {
    /// Fetches of the key document alone; discovery is not counted.
    public var keySetRequests: UInt64 = 0
    public var succeeded: UInt64 = 0
    public var failed: UInt64 = 0
    /// Seconds since 1970 of the last fetch that succeeded; 0 for never.
    public var lastSuccess: Int64 = 0
}
