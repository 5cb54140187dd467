/// What one worker's leases have done, as plain counts.
public struct LeaseTallies: Sendable {
    /// Checks answered without asking the store: admitted from leases alone, and refused while a bucket was known to be
    /// empty.
    public var admitted: UInt64 = 0
    public var refused: UInt64 = 0
    /// Checks that waited for an ask which was out.
    public var parked: UInt64 = 0
    /// Asks answered, those that were granted less than they wanted, and the tokens granted.
    public var asks: UInt64 = 0
    public var short: UInt64 = 0
    public var granted: UInt64 = 0
    /// Tokens sent back, and those that came too late or were lost with an ask's answer are not known.
    public var returned: UInt64 = 0
    /// Tokens of grants that came when they could not be spent any more.
    public var late: UInt64 = 0
    /// Asks that failed.
    public var failed: UInt64 = 0
    /// Checks served exact because the table was full.
    public var tableFull: UInt64 = 0

    public init() {}
}
