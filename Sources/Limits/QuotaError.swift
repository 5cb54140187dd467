/// Why a quota cannot be served exactly (limits.md 2). Each case names the largest value that can be, so that a
/// configuration error tells its reader what to write instead.
public enum QuotaError: Error, Equatable, Sendable {
    /// The burst takes 2^50 µs (35 years) or longer to refill. `largest` is the greatest burst at this rate.
    case burstTooLarge(largest: Int64)
    /// The burst and the debt together take that long. `largest` is the greatest `max_debt` beside this burst.
    case debtTooLarge(largest: Int64)
    /// A cost of `max_cost` would leave the integers a double holds. `largest` is the greatest cost at this rate.
    case costTooLarge(largest: Int64)
    /// One token takes 2^50 µs or longer, so no burst would do. `longestPeriod` is in µs, for the quota's N.
    case rateTooSlow(longestPeriod: Int64)
    /// N, reduced, is so large that no cost would do. `mostTokens` is the greatest N.
    case rateTooFine(mostTokens: Int64)
}
