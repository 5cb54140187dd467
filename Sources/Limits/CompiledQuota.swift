public import Domain

/// A quota with what every spend needs of it worked out once: how far one token moves the arrival time, and how far
/// ahead of now the arrival time may stand (limits.md 1).
///
/// Holding one proves the bounds of limits.md 2: every sum the Lua script forms stays an integer below 2^53, so
/// that a double holds it exactly, and every sum here stays inside Int64.
public struct CompiledQuota: Hashable, Sendable {
    /// A bucket must refill in fewer microseconds than this: 2^50, about 35 years.
    public static let refillMax: Int64 = 1 << 50
    /// The first integer above which a double skips some.
    public static let exactMax: Int64 = 1 << 53

    public let quota: Quota
    /// P div N: whole microseconds that one token costs.
    public let wholeMicros: Int64
    /// P mod N: what one token costs beyond them, in Nths of a microsecond.
    public let partMicros: Int64
    /// B·P/N: how far ahead of now the arrival time of an empty bucket stands.
    public let capacity: ArrivalTime

    /// - Parameter maxCost: the largest cost any check may ask of this limit, at least 1. Larger costs are refused
    ///   before they are charged; see `Spend`.
    public init(_ quota: Quota, maxCost: Int64) throws(QuotaError) {
        let (tokens, period) = (Int128(quota.tokens), Int128(quota.period))
        let largestBurst = (Int128(Self.refillMax) * tokens - 1) / period
        let largestCost = (Self.exactMax - quota.tokens - 1) / quota.tokens
        if quota.tokens >= Self.exactMax / 2 { throw .rateTooFine(mostTokens: Self.exactMax / 2 - 1) }
        if largestBurst < 1 {
            throw .rateTooSlow(longestPeriod: Int64(clamping: Int128(Self.refillMax) * tokens - 1))
        }
        if Int128(quota.burst) > largestBurst { throw .burstTooLarge(largest: Int64(clamping: largestBurst)) }
        if maxCost > largestCost { throw .costTooLarge(largest: largestCost) }
        let refill = (Int128(quota.burst) * period).quotientAndRemainder(dividingBy: tokens)
        self.quota = quota
        wholeMicros = quota.period / quota.tokens
        partMicros = quota.period % quota.tokens
        capacity = ArrivalTime(micros: Int64(refill.quotient), fraction: Int64(refill.remainder))
    }
}
