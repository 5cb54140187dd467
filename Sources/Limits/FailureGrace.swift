/// The grace of `on_failure` (limits.md 25): for so many seconds from the first failure, checks pass as if the mode
/// were `open`. It is one clock for all checks, and runs again only after a stretch of health, so that a Redis that
/// flaps does not leave the gate open.
public struct FailureGrace: Sendable {
    /// Health, in nanoseconds, after which the next failure starts a new grace.
    public static let healthToRearm: UInt64 = 10_000_000_000

    private let length: UInt64
    private var firstFailure: UInt64?
    private var lastFailure: UInt64 = 0

    /// - Parameter seconds: 0 means no grace.
    public init(seconds: Int) { length = UInt64(max(0, seconds)) * 1_000_000_000 }

    /// Whether a check that the store failed at `now` (monotonic nanoseconds) falls into the grace.
    public mutating func covers(failureAt now: UInt64) -> Bool {
        guard length > 0 else { return false }
        if let first = firstFailure {
            lastFailure = max(lastFailure, now)
            return now < first + length
        }
        (firstFailure, lastFailure) = (now, now)
        return true
    }

    /// Redis answered. Ten seconds of answers without a failure arm the grace again.
    public mutating func healthy(at now: UInt64) {
        if firstFailure != nil, now >= lastFailure + FailureGrace.healthToRearm { firstFailure = nil }
    }
}
