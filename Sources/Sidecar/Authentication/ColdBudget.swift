/// How much of a worker's time cold work may take: half of it, so that whoever shows tokens from addresses that cannot
/// be told apart slows strangers down and not those who are known (gate.md 12).
///
/// A bucket of nanoseconds, filled by half of the time that passes, and charged what each verification took.
struct ColdBudget {
    /// What may be used at once after a quiet time: the tokens that all clients show again after a restart.
    private static let burst: Int64 = 500_000_000

    private var left = burst
    private var seen: UInt64 = 0

    /// Whether cold work may begin at `now`, in monotonic nanoseconds.
    mutating func admits(at now: UInt64) -> Bool {
        if seen == 0 { seen = now }
        let passed = Int64(clamping: (now &- seen) / 2)
        left = min(ColdBudget.burst, left &+ min(passed, ColdBudget.burst))
        seen = now
        return left > 0
    }

    /// What one piece of cold work took. It may overdraw by that one.
    mutating func charge(nanoseconds: UInt64) { left &-= Int64(clamping: nanoseconds) }
}
