public import Bytes

/// Names one bucket: whose it is, and which limit's.
///
/// `owner` digests the kind and the value (limits.md 7), so all of a principal's buckets share one hash tag and
/// nobody's name leaves the process. `limit` digests the limit's name, so usage is kept when a reload reorders limits.
public struct BucketKey: Hashable, Sendable {
    public var owner: Digest128
    public var limit: UInt64

    public init(owner: Digest128, limit: UInt64) {
        self.owner = owner
        self.limit = limit
    }
}

/// A moment in GCRA's exact arithmetic: `micros + fraction / tokens` microseconds on the store's clock, where
/// `tokens` is the N of the quota beside it (limits.md 1). A bucket's theoretical arrival time is one of these.
public struct ArrivalTime: Hashable, Comparable, Sendable {
    public var micros: Int64
    public var fraction: Int64

    @inlinable
    public init(micros: Int64, fraction: Int64) {
        self.micros = micros
        self.fraction = fraction
    }

    /// Meaningful between two times over the same N only.
    @inlinable
    public static func < (left: ArrivalTime, right: ArrivalTime) -> Bool {
        left.micros != right.micros ? left.micros < right.micros : left.fraction < right.fraction
    }
}
