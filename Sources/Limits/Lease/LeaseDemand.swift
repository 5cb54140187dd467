/// How many tokens a second one worker's checks ask of one bucket, whether they get them or not: what a lease takes
/// its size from.
///
/// Counted over short windows and smoothed over about four of them. What the running window has counted is a lower
/// bound from its first check on, so a lease grows at once with a rush and not a window later.
struct LeaseDemand: Sendable {
    /// The windows' length in nanoseconds.
    let window: UInt64
    private var counted: Int64 = 0
    private var since: UInt64 = 0
    /// Tokens per nanosecond.
    private var smoothed = 0.0

    init(window: UInt64) { self.window = max(1, window) }

    mutating func count(_ cost: Int64, at now: UInt64) {
        if now &- since >= window { roll(at: now) }
        counted &+= cost
    }

    /// Tokens that will be asked for within `span` nanoseconds if the demand stays as it is.
    func tokens(within span: UInt64) -> Double { max(smoothed * Double(span), Double(counted)) }

    /// Closes a window. After a gap of several, what was before it says nothing any more.
    private mutating func roll(at now: UInt64) {
        let elapsed = now > since ? now - since : 1
        let rate = Double(counted) / Double(elapsed)
        smoothed = elapsed >= 4 * window ? rate : (smoothed + rate) / 2
        (counted, since) = (0, now)
    }
}
