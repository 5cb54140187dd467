public import Domain

/// What one worker holds of one leased bucket: tokens that have left the store and are spent here (limits.md 17-22).
///
/// A value: checks, answers and failures go in; what to do comes out. It reads no clock: `now` is the loop's, in
/// monotonic nanoseconds, and the store's time comes with the store's answers. It does not know the quota, which its
/// callers pass where it matters.
public struct Lease: Sendable {
    /// Leased tokens live Λ less a 64th of it: for a worker's clock that runs up to 1.5 % slower than the store's, and
    /// for `now` being the loop's, which stands still while a tick is worked on.
    static let marginShift: UInt64 = 6
    /// What a grant that fell short costs before the next ask, in nanoseconds, on average (limits.md 20).
    static let pace: UInt64 = 5_000_000
    /// How far several such grants add up. Beyond this, refusals would outlast what caused them.
    static let paceAheadMax: UInt64 = 10 * pace
    /// The longest a refusal is repeated without asking, as in the deny cache: a bucket that is reset, or a limit that
    /// is raised, shows within a second.
    static let pauseMax: UInt64 = 900_000_000
    /// Less is not worth asking for: such checks are served exact (limits.md 19).
    static let wantMin: Int64 = 2
    /// Checks that may go to the store together while an ask waits to be sent with them; others wait for its answer.
    static let exactPerAsk = 64

    /// What becomes of one charge.
    public enum Answer: Equatable, Sendable {
        /// Taken from the lease; it may be given back until this moment.
        case spend(until: UInt64)
        /// The store must decide it.
        case exact
        /// An ask is out: try again when it was answered.
        case park
        /// The bucket is known not to have it.
        case refuse
    }

    /// Where the next ask stands. There is one at a time.
    public enum Asking: Equatable, Sendable {
        case idle
        /// Sent at the end of this tick.
        case due
        case out
    }

    /// The tokens of one grant, or of two whose older life they share.
    struct Tranche: Sendable {
        var tokens: Int64 = 0
        /// Monotonic nanoseconds.
        var expires: UInt64 = 0
        /// Store microseconds.
        var grantedAt: Int64 = 0
    }

    public let key: BucketKey
    /// Index into the `LimitTable`.
    public internal(set) var limit: Int
    /// In nanoseconds, the margin taken off.
    let lifetime: UInt64
    public internal(set) var asking = Asking.idle

    /// Spent first, because it ends first. Two are enough: a third grant joins the second.
    var older = Tranche()
    var newer = Tranche()
    var demand: LeaseDemand
    var lastDemand: UInt64 = 0
    /// The amount last asked for, and the holding at or below which more is.
    var wanted: Int64 = 0
    var refillAt: Int64 = 0
    /// Checks sent to the store while the ask was due.
    var sentExact = 0

    /// No ask of its own accord before this.
    var pacedUntil: UInt64 = 0
    /// Costs from `pausedCost` on are refused until then.
    var pausedUntil: UInt64 = 0
    var pausedCost: Int64 = 0

    /// How the bucket stood at the last answer, when that was by the store's clock, and when that call was sent by
    /// ours; 0: never.
    var known = ArrivalTime(micros: 0, fraction: 0)
    var knownNow: Int64 = 0
    var knownAt: UInt64 = 0

    public init(key: BucketKey, limit: Int, terms: LeaseTerms) {
        self.key = key
        self.limit = limit
        let whole = UInt64(max(1, terms.lifetimeMicros)) * 1_000
        lifetime = whole - whole >> Lease.marginShift
        demand = LeaseDemand(window: whole / 4)
    }

    /// Tokens that can be spent at `now`.
    public func held(at now: UInt64) -> Int64 {
        (older.expires > now ? older.tokens : 0) + (newer.expires > now ? newer.tokens : 0)
    }

    /// One charge.
    ///
    /// - Parameter again: it was parked, and its demand is counted already.
    public mutating func take(_ cost: Int64, at now: UInt64, again: Bool = false) -> Answer {
        if !again { demand.count(cost, at: now) }
        lastDemand = now
        age(at: now)
        if cost <= older.tokens + newer.tokens, knownAt != 0, cost > 0 || now < knownAt + lifetime {
            let until = spend(cost)
            if older.tokens + newer.tokens <= refillAt { considerAsking(for: cost, at: now) }
            return .spend(until: until)
        }
        if now < pausedUntil, cost >= pausedCost { return .refuse }
        if asking == .out { return .park }
        if asking == .idle { ask(for: cost, at: now) }
        if asking == .due {
            if sentExact == Lease.exactPerAsk { return .park }
            sentExact += 1
        }
        return .exact
    }

    /// Puts back what `take` gave for a check that was refused for another limit. Dropped if it has expired since.
    public mutating func giveBack(_ cost: Int64, until: UInt64, at now: UInt64) {
        age(at: now)
        if cost == 0 || until <= now { return }
        if older.expires == until || older.tokens == 0 {
            if older.expires != until { older = Tranche(tokens: 0, expires: until, grantedAt: 0) }
            older.tokens += cost
        } else if newer.expires == until || newer.tokens == 0 {
            // Its tranche was used up and has left. When it was granted is forgotten, so it is never returned.
            if newer.expires != until { newer = Tranche(tokens: 0, expires: until, grantedAt: 0) }
            newer.tokens += cost
            if newer.expires < older.expires { swap(&older, &newer) }
        }
    }

    private mutating func spend(_ cost: Int64) -> UInt64 {
        let until = cost > 0 || older.tokens > 0 ? older.expires : .max
        let first = min(cost, older.tokens)
        older.tokens -= first
        newer.tokens -= cost - first
        return until
    }

    /// Drops what has expired, and what is used up.
    mutating func age(at now: UInt64) {
        if older.expires <= now { older.tokens = 0 }
        if older.tokens == 0, newer.tokens > 0 {
            (older, newer) = (newer, Tranche())
            if older.expires <= now { older.tokens = 0 }
        }
    }

    /// Whether more is wanted ahead of demand.
    private mutating func considerAsking(for cost: Int64, at now: UInt64) {
        if asking == .idle, now >= pacedUntil, now >= pausedUntil { ask(for: cost, at: now) }
    }

    private mutating func ask(for cost: Int64, at now: UInt64) {
        wanted = want(for: cost)
        if wanted == 0 { return }
        asking = .due
        sentExact = 0
    }

    /// How much is worth asking for; 0: nothing, the checks are better served exact.
    ///
    /// Half of the demand of one lifetime: with what is left when more is asked for, three quarters are held. Where
    /// the demand is small its chance is not, and tokens would expire that nobody else could spend meanwhile; so no
    /// more is held than all but one in twenty-five lifetimes will use, at random arrivals of this cost.
    func want(for cost: Int64) -> Int64 {
        let expected = demand.tokens(within: lifetime)
        let surely = expected - 1.75 * (expected * Double(max(1, cost))).squareRoot()
        let want = min(expected * 3 / 4, surely) * 2 / 3
        if want < Double(max(Lease.wantMin, cost)) { return 0 }
        return Int64(min(want, 1e15))
    }
}
