public import Domain

/// What a store is asked apart from checks: rare, one at a time, and not on the hot path.
public enum StoreOperation: Sendable {
    /// Gives a ticket's slots back. Again: the same answer.
    case release(Ticket)
    /// Holds a ticket's slots for another `lease_seconds` from now.
    case renew(Ticket)
    /// Charges what a ticket's reservations truly cost: `costs` in the order of its holdings, nil leaves one alone.
    case settle(Ticket, costs: [Int64?])
    /// How a bucket stands.
    case inspect(BucketKey)
    /// Makes a bucket as if it had never been spent from.
    case reset(BucketKey)
}

/// What came of it.
public enum StoreAnswer: Equatable, Sendable {
    /// How many slots this ticket held until now; 0 where none (any more).
    case released(Int)
    /// How many of its slots are held on; the others had expired.
    case renewed(Int)
    /// One for each of the ticket's holdings; nil where it is no reservation or no cost was given.
    case settled([Settlement?])
    case inspected(BucketState)
    /// Whether there was anything.
    case reset(Bool)
    /// The limit of a holding is not configured here (any more).
    case unknownLimit
    /// The store cannot be asked, or did not answer: nothing is known of what it did.
    case unavailable
}

/// What settling one reservation came to.
public enum Settlement: Equatable, Sendable {
    /// Tokens that went back into the bucket; negative where more were charged. `overdrawn` is what could not be
    /// charged any more because the debt would have passed its bound.
    case done(refund: Int64, overdrawn: Int64)
    /// It was settled before, at another cost.
    case conflict
    /// It has expired, or never was.
    case expired
}

/// How a bucket stands, read without changing it.
public enum BucketState: Equatable, Sendable {
    /// Nothing is stored: full, or unused.
    case absent
    /// What is left, below zero in debt, and microseconds until it is full.
    case tokens(remaining: Int64, resetMicros: Int64)
    /// What is used in the window, and microseconds until the next.
    case calendar(used: Int64, resetMicros: Int64)
    /// How many are held, and microseconds until the first of them expires.
    case slots(held: Int, resetMicros: Int64)
    /// What lies under the key is not a bucket.
    case unreadable
}
