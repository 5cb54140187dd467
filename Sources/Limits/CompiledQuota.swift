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
    /// Tokens that settling may charge beyond an empty bucket (limits.md 29).
    public let debtMax: Int64
    /// (B + debt)·P/N: how far ahead it ever stands.
    public let ceiling: ArrivalTime

    /// - Parameters:
    ///   - maxCost: the largest cost any check may ask of this limit, at least 1. Larger costs are refused before they
    ///     are charged; see `Spend`.
    ///   - debtMax: at least 0; more than 0 for limits that are settled only.
    public init(_ quota: Quota, maxCost: Int64, debtMax: Int64 = 0) throws(QuotaError) {
        let (tokens, period) = (Int128(quota.tokens), Int128(quota.period))
        let largestBurst = (Int128(Self.refillMax) * tokens - 1) / period
        let largestCost = (Self.exactMax - quota.tokens - 1) / quota.tokens
        if quota.tokens >= Self.exactMax / 2 { throw .rateTooFine(mostTokens: Self.exactMax / 2 - 1) }
        if largestBurst < 1 {
            throw .rateTooSlow(longestPeriod: Int64(clamping: Int128(Self.refillMax) * tokens - 1))
        }
        if Int128(quota.burst) > largestBurst { throw .burstTooLarge(largest: Int64(clamping: largestBurst)) }
        if Int128(debtMax) > largestBurst - Int128(quota.burst) {
            throw .debtTooLarge(largest: Int64(clamping: largestBurst - Int128(quota.burst)))
        }
        if maxCost > largestCost { throw .costTooLarge(largest: largestCost) }
        self.quota = quota
        wholeMicros = quota.period / quota.tokens
        partMicros = quota.period % quota.tokens
        self.debtMax = debtMax
        capacity = CompiledQuota.refill(of: Int128(quota.burst), tokens, period)
        ceiling = CompiledQuota.refill(of: Int128(quota.burst) + Int128(debtMax), tokens, period)
    }

    /// How long `count` tokens take to flow in.
    private static func refill(of count: Int128, _ tokens: Int128, _ period: Int128) -> ArrivalTime {
        let time = (count * period).quotientAndRemainder(dividingBy: tokens)
        return ArrivalTime(micros: Int64(time.quotient), fraction: Int64(time.remainder))
    }

    /// The most tokens that the arithmetic can move at once: every compiled `max_cost` is within it.
    public var exactCost: Int64 { (CompiledQuota.exactMax - quota.tokens - 1) / quota.tokens }
}
