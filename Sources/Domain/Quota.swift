/// A token bucket's terms, exact: `tokens` per `period`, and room for `burst`.
///
/// The rate N/P is reduced by the greatest common divisor, so that equal rates compare equal whatever they were
/// written as (`60/minute` is `1/second`).
public struct Quota: Hashable, Sendable {
    /// N: tokens that flow in per `period`. At least 1.
    public let tokens: Int64
    /// P: microseconds. At least 1.
    public let period: Int64
    /// B: the most tokens the bucket holds. At least 1.
    public let burst: Int64

    /// - Precondition: all three are at least 1. Configuration refuses others with a position.
    public init(tokens: Int64, period: Int64, burst: Int64) {
        precondition(tokens >= 1 && period >= 1 && burst >= 1, "a quota's terms are positive")
        let divisor = Quota.greatestCommonDivisor(tokens, period)
        self.tokens = tokens / divisor
        self.period = period / divisor
        self.burst = burst
    }

    private static func greatestCommonDivisor(_ first: Int64, _ second: Int64) -> Int64 {
        var (larger, smaller) = (first, second)
        while smaller != 0 { (larger, smaller) = (smaller, larger % smaller) }
        return larger
    }
}
