public import Domain

/// Somebody whose bucket refused a check, in the words people know them by.
public struct LimitedSubject: Sendable, Equatable {
    /// The limit's name.
    public var limit: String
    /// What the limit is `per`: whose name `name` is.
    public var per: String
    public var name: String

    /// Names longer than this are cut, so that a sketch's memory is bounded in bytes too.
    static let charactersMax = 120

    public init(limit: String, per: String, name: String) {
        self.limit = limit
        self.per = per
        self.name = name.count > LimitedSubject.charactersMax ? name.prefix(LimitedSubject.charactersMax) + "…" : name
    }
}

/// Who has been refused most often lately: one worker's, or all workers' together.
///
/// Two sketches of one window each, the one under way and the one before it: what is shown is between one and two
/// windows old at most, and nobody stays in it for what happened yesterday.
public struct LimitedSubjects: Sendable {
    /// One of the most refused.
    public struct Standing: Sendable, Equatable {
        public var subject: LimitedSubject
        /// Refusals of the window: at least and at most so many.
        public var atLeast: UInt64
        public var atMost: UInt64
    }

    /// Buckets that a window remembers. Whoever has more than one refusal in so many is among them.
    public static let capacity = 128
    public static let windowSeconds: UInt64 = 300

    private typealias Sketch = SpaceSaving<BucketKey, LimitedSubject>

    private var current = Sketch(capacity: LimitedSubjects.capacity)
    private var previous = Sketch(capacity: LimitedSubjects.capacity)
    /// Number of the window that `current` is of.
    private var window: UInt64 = 0

    public init() {}

    /// - Parameters:
    ///   - seconds: on a clock that only goes forward, the same for all workers.
    ///   - subject: asked for only if the bucket is not remembered yet.
    public mutating func record(_ bucket: BucketKey, at seconds: UInt64, subject: () -> LimitedSubject) {
        turn(to: seconds)
        current.record(bucket, label: subject)
    }

    /// What another worker has recorded.
    public mutating func merge(_ other: LimitedSubjects, at seconds: UInt64) {
        var other = other
        turn(to: seconds)
        other.turn(to: seconds)
        current.merge(other.current)
        previous.merge(other.previous)
    }

    /// The most refused of this window and the one before it, and how many refusals both had.
    public func top(_ number: Int, at seconds: UInt64) -> (standings: [Standing], total: UInt64) {
        var all = self
        all.turn(to: seconds)
        var both = all.previous
        both.merge(all.current)
        let standings = both.top(number).map {
            Standing(subject: $0.label, atLeast: $0.count - $0.error, atMost: $0.count)
        }
        return (standings, both.total)
    }

    /// How long the two windows together have lasted: from one window to two.
    public static func coveredSeconds(at seconds: UInt64) -> UInt64 { windowSeconds + seconds % windowSeconds }

    private mutating func turn(to seconds: UInt64) {
        let now = seconds / LimitedSubjects.windowSeconds
        guard now != window else { return }
        let isNext = now == window + 1
        previous = isNext ? current : Sketch(capacity: LimitedSubjects.capacity)
        current = Sketch(capacity: LimitedSubjects.capacity)
        window = now
    }
}
