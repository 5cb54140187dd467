public import Domain
public import Limits

/// What one worker's store has done, as plain counts: a scrape adds copies of them together.
public struct RedisCounters: Sendable {
    /// Script calls by outcome; a call carries many checks. The last is checks that were not sent.
    public var callsOK: UInt64 = 0
    public var callsError: UInt64 = 0
    public var callsTimeout: UInt64 = 0
    public var callsDisconnected: UInt64 = 0
    public var checksBreakerOpen: UInt64 = 0
    /// From the moment a call was written to its reply.
    public var durations = DurationHistogram()
    /// From the moment a check was handed over to its answer, however it ended: what a deadline promises.
    public var waits = DurationHistogram()

    /// MOVED, ASK and TRYAGAIN of a cluster, and checks whose buckets lay in several of its slots.
    public var redirects: UInt64 = 0
    public var splitChecks: UInt64 = 0
    /// Charges of such checks that were brought back because another slot refused.
    public var refunds: UInt64 = 0
    public var scriptReloads: UInt64 = 0
    public var connects: UInt64 = 0
    /// Connections after the first.
    public var reconnects: UInt64 { connects > 0 ? connects - 1 : 0 }
    /// Checks and buckets that went out in calls: divided by the calls, the size of a batch.
    public var checksSent: UInt64 = 0
    public var bucketsSent: UInt64 = 0
    /// Checks refused a place because the queue was at its bound.
    public var queueFull: UInt64 = 0
    /// Checks failed alone because the value under a key was not a bucket (limits.md 8).
    public var checksUnreadable: UInt64 = 0
    /// Shadow charges whose bucket could not be read (limits.md 14).
    public var shadowUnreadable: UInt64 = 0
    public var denyCacheHits: UInt64 = 0
    /// Checks decided by the failure mode.
    public var decidedLocal: UInt64 = 0
    public var decidedOpen: UInt64 = 0
    public var decidedClosed: UInt64 = 0
    public var decidedDefer: UInt64 = 0
    /// Buckets of the local share that were forgotten because its table was full.
    public var lossyEvictions: UInt64 = 0

    /// What leases did, the tokens they hold now, and how many there are.
    public var leases = LeaseTallies()
    public var leasesHeld: Int64 = 0
    public var leasesOpen = 0

    public init() {}
}
