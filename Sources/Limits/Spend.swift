public import Bytes
public import Domain

/// One bucket to spend from, and how much.
public struct Charge: Sendable {
    public var key: BucketKey
    /// Index into the `LimitTable`.
    public var limit: Int
    /// Tokens, 0…`max_cost`. 0 asks without spending and never writes.
    public var cost: Int64
    /// For stores with leases: `notLeased`; or `dry`, which the store must decide though the limit is leased; or the
    /// moment, in monotonic nanoseconds, until which tokens taken from a lease for it could be given back.
    public var leasedUntil: UInt64 = Charge.notLeased

    public static let notLeased: UInt64 = 0
    public static let dry: UInt64 = 1

    public init(key: BucketKey, limit: Int, cost: Int64) {
        self.key = key
        self.limit = limit
        self.cost = cost
    }

    /// Whether its tokens are taken from a lease already, so that the store is not asked.
    public var isReserved: Bool { leasedUntil > Charge.dry }
}

/// What a store found in one bucket.
public struct BucketReading: Sendable {
    /// Of a token bucket: the theoretical arrival time after the decision; not before `Spend.now`.
    /// Of other limits: `micros` is what is used after it, and `fraction` when that changes by itself, in
    /// microseconds on the store's clock: the window's end, or when the first slot expires.
    public var arrival: ArrivalTime
    /// Whether this charge fitted, whatever became of the check's others.
    public var fits: Bool
    /// False if the store could not read the bucket (garbage under its key), or did not ask (`SpendSource.denyCache`).
    /// `arrival` means nothing then.
    public var isReadable: Bool

    public init(arrival: ArrivalTime, fits: Bool, isReadable: Bool) {
        self.arrival = arrival
        self.fits = fits
        self.isReadable = isReadable
    }

    /// For a bucket nothing is known of.
    public static var unread: BucketReading {
        BucketReading(arrival: ArrivalTime(micros: 0, fraction: 0), fits: true, isReadable: false)
    }
}

public enum SpendOutcome: Equatable, Sendable {
    /// Not spent yet, or the store has not answered.
    case pending
    /// Every enforced charge fitted, and all were spent.
    case admitted
    /// An enforced charge did not fit, and nothing was spent.
    case refused
    /// The store could not decide, and this is what the configuration says to do: `open`, `closed` or `defer`.
    /// Never `local`, which ends in `admitted` or `refused` from `SpendSource.local`.
    case unavailable(FailureMode)
}

/// Who decided.
public enum SpendSource: Sendable {
    case memory, redis, denyCache
    /// This worker's leases alone.
    case lease
    /// The local share of a limit, while Redis is away.
    case local
}

/// One check's charges, and what came of them: a slot that a connection owns and uses for one check after another,
/// so that nothing is allocated per check once its arrays have grown.
///
/// Fill `table` and `charges`, hand it to a `LimitStore`, read `outcome`, `readings` and `now`. Between `spend`
/// returning false and `onResolved` it belongs to the store: touch nothing.
public final class Spend {
    /// The most charges of one check. More are refused by configuration, so this is a precondition of `spend`.
    public static let chargesMax = ownChargesMax + 1
    /// Those of the configuration's limits; the last place is for a DPoP proof.
    public static let ownChargesMax = 16

    public var table: LimitTable
    public var charges: ContiguousArray<Charge> = []

    public var outcome = SpendOutcome.pending
    public var source = SpendSource.memory
    /// One per charge, in order, if `outcome` is `admitted` or `refused`; else empty.
    public var readings: ContiguousArray<BucketReading> = []
    /// Microseconds on the clock of the store that decided. Meaningful beside `readings` only.
    public var now: Int64 = 0
    /// Under what id the check holds slots and reservations; set by whoever charges, before `spend`, if any charge's
    /// limit `isHeld`.
    public var ticketID = Digest128(high: 0, low: 0)
    /// The table whose quotas `readings` were decided under: `table`, or its local share.
    public var judgedBy: LimitTable

    private let onResolved: (Spend) -> Void

    /// - Parameter onResolved: called on the store's event loop for each spend that returned false, exactly once.
    public init(onResolved: @escaping (Spend) -> Void) {
        self.onResolved = onResolved
        table = .empty
        judgedBy = .empty
        charges.reserveCapacity(Spend.chargesMax)
        readings.reserveCapacity(Spend.chargesMax)
    }

    /// For stores: forgets the last check's answer.
    public func begin() {
        precondition(charges.count <= Spend.chargesMax, "more charges than a check may have")
        outcome = .pending
        if judgedBy !== table { judgedBy = table }
        readings.removeFew()
    }

    /// For stores: tells the owner, after `outcome` and the rest are set.
    public func resolve() { onResolved(self) }

    /// What charge `index` has left, when it refills and when to come back; nil if its bucket was not read.
    public func result(of index: Int) -> LimitResult? {
        guard index < readings.count, readings[index].isReadable else { return nil }
        let charge = charges[index]
        return LimitResult(
            readings[index].arrival, kind: judgedBy.kinds[charge.limit], quota: judgedBy.quotas[charge.limit],
            cost: charge.cost, now: now)
    }
}

/// Where buckets live. One per worker; `spend` is called on the worker's event loop only.
public protocol LimitStore: AnyObject {
    /// Decides `spend` and takes its tokens, all charges or none.
    ///
    /// - Parameter now: monotonic nanoseconds, for deadlines. It is not the clock of the buckets.
    /// - Returns: true if `spend` is resolved now, and `onResolved` is not called; false if it will be called.
    func spend(_ spend: Spend, at now: UInt64) -> Bool

    /// Does what is asked apart from checks.
    ///
    /// - Parameters:
    ///   - table: the limits by which the operation's buckets are read.
    ///   - completion: called on the store's event loop, exactly once, perhaps before this returns.
    func perform(
        _ operation: StoreOperation, under table: LimitTable, at now: UInt64,
        completion: @escaping (StoreAnswer) -> Void)
}
