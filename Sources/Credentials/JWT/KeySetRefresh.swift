/// When an issuer's keys are fetched, how long they serve, and what an unknown key means meanwhile.
///
/// A value: events in, actions out, no clock and no socket. Every `now` is nanoseconds on one monotonic clock. Generic
/// over what a key set is, because nothing here looks into one.
///
/// It refreshes before the lifetime runs out, so a provider that is up is never waited for. One that is down is asked
/// again after 1 s, 2 s … 60 s, while the old set serves for its lifetime and the stale age after that; then there are
/// no keys, and every token is undecidable. Worst case for a withdrawn key: lifetime plus stale age.
public struct KeySetRefresh<Keys: Sendable>: Sendable {
    /// What the caller does now.
    public struct Action: Equatable, Sendable {
        /// Begin one fetch, and report `fetched` or `failed` exactly once.
        public var fetches = false
        /// Tell everybody who uses the keys: the set, or what is known about it, has changed.
        public var publishes = false

        public init(fetches: Bool = false, publishes: Bool = false) {
            self.fetches = fetches
            self.publishes = publishes
        }
    }

    /// What a token with an unknown key comes to.
    public enum UnknownKey: Equatable, Sendable {
        /// A fetch is under way or just beginning, or a newer set is on its way to the asker: look again at the next
        /// publication, once.
        case wait
        /// The provider has been asked within the cool-down and does not have the key: the token is refused.
        case settled
        /// The last fetch failed, so nobody can say whether the key exists.
        case undecidable
    }

    /// The current set; nil before the first fetch and after the last has gone too stale.
    public private(set) var keys: Keys?
    /// When `keys` came.
    public private(set) var fetchedAt: UInt64 = 0
    /// Grows with every publication.
    public private(set) var generation: UInt64 = 0
    /// Failed fetches since the last that succeeded.
    public private(set) var failures = 0
    /// Whether a fetch is under way, or wanted at once.
    public var isRefreshing: Bool { isFetching || isWanted }

    private let cooldown: UInt64
    private let staleAge: UInt64
    private var isFetching = false
    private var isWanted = true
    private var fetchDue: UInt64
    private var freshUntil: UInt64 = 0
    private var cooldownEnds: UInt64 = 0

    /// The first fetch is due at once.
    ///
    /// - Parameters:
    ///   - cooldownSeconds: between two fetches for the sake of unknown keys.
    ///   - staleSeconds: how long a set serves after its lifetime.
    public init(cooldownSeconds: Int, staleSeconds: Int, now: UInt64) {
        cooldown = UInt64(max(1, cooldownSeconds)) * KeySetTiming.second
        staleAge = UInt64(max(0, staleSeconds)) * KeySetTiming.second
        fetchDue = now
    }

    /// Whether the set has outlived its lifetime and serves only because the provider is out of reach.
    public func isStale(at now: UInt64) -> Bool { keys != nil && now >= freshUntil }

    /// When `advance` has something to do next; nil while only a fetch's end can change anything.
    public var nextDue: UInt64? {
        let fetch = isFetching ? nil : fetchDue
        guard keys != nil else { return fetch }
        return min(fetch ?? servesUntil, servesUntil)
    }

    private var servesUntil: UInt64 { freshUntil + staleAge }

    /// Time has passed.
    public mutating func advance(to now: UInt64) -> Action {
        var action = Action()
        if keys != nil, now >= servesUntil {
            keys = nil
            publish(&action)
        }
        if !isFetching, now >= fetchDue {
            isFetching = true
            isWanted = false
            action.fetches = true
        }
        return action
    }

    /// A fetch ended with a set that has at least one usable key. Keys that are not in it are gone.
    ///
    /// - Parameters:
    ///   - lifetime: seconds, as the answer said; nil where it said nothing.
    ///   - random: any 64 bits, so that replicas started together do not refresh together.
    public mutating func fetched(_ new: Keys, lifetime: Int64?, at now: UInt64, random: UInt64) -> Action {
        let nanos = KeySetTiming.lifetime(lifetime)
        isFetching = false
        failures = 0
        keys = new
        fetchedAt = now
        freshUntil = now + nanos
        // Between 75 and 90 percent of the lifetime: the rest is for retries.
        fetchDue = now + nanos / 4 * 3 + random % (nanos / 20 * 3)
        var action = Action()
        publish(&action)
        return action
    }

    /// A fetch ended without a usable set: the old one stays.
    public mutating func failed(at now: UInt64, random: UInt64) -> Action {
        isFetching = false
        fetchDue = now + KeySetTiming.pause(afterFailures: failures, random: random)
        failures += 1
        var action = Action()
        publish(&action)
        return action
    }

    /// A token names a key that the asker does not have. Any number of these cause one fetch per cool-down, and none
    /// while the provider does not answer. Where this pulls a fetch forward, `nextDue` is now.
    ///
    /// - Parameter seen: the generation of the set the asker has.
    public mutating func unknownKey(seen: UInt64, at now: UInt64) -> UnknownKey {
        if isRefreshing || seen < generation { return .wait }
        if failures > 0 { return .undecidable }
        if now < cooldownEnds { return .settled }
        cooldownEnds = now + cooldown
        fetchDue = now
        isWanted = true
        return .wait
    }

    private mutating func publish(_ action: inout Action) {
        generation += 1
        action.publishes = true
    }
}

/// The bounds of `KeySetRefresh`.
public enum KeySetTiming {
    /// Seconds a set is fresh: at least, at most, and where the provider says nothing.
    public static let lifetimeMin: Int64 = 300
    public static let lifetimeMax: Int64 = 86_400
    public static let lifetimeDefault: Int64 = 3_600
    /// Nanoseconds between failures: the first pause, and the longest.
    public static let pauseMin = second
    public static let pauseMax = 60 * second

    static let second: UInt64 = 1_000_000_000

    /// In nanoseconds, from what an answer allowed in seconds.
    static func lifetime(_ seconds: Int64?) -> UInt64 {
        UInt64(min(max(seconds ?? lifetimeDefault, lifetimeMin), lifetimeMax)) * second
    }

    /// Doubles with every failure; between half and all of its length, so that replicas do not come back together.
    static func pause(afterFailures failures: Int, random: UInt64) -> UInt64 {
        let longest = min(pauseMin << UInt64(min(failures, 6)), pauseMax)
        return longest / 2 + random % (longest / 2 + 1)
    }
}
