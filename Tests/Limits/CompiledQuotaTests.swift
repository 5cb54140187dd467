import Domain
import Limits
import Testing

/// limits.md 2: what is refused, and that the value named as the largest is just allowed.
@Suite struct CompiledQuotaTests {
    @Test func namesTheLargestBurst() throws {
        // One token per 10 days: 2^50 µs hold 1,303.17 of them.
        let days10: Int64 = 864_000_000_000
        #expect(throws: QuotaError.burstTooLarge(largest: 1_303)) {
            try CompiledQuota(Quota(tokens: 1, period: days10, burst: 1_304), maxCost: 1)
        }
        _ = try CompiledQuota(Quota(tokens: 1, period: days10, burst: 1_303), maxCost: 1)
    }

    @Test func theBurstBoundIsExclusive() throws {
        #expect(throws: QuotaError.burstTooLarge(largest: (1 << 50) - 1)) {
            try CompiledQuota(Quota(tokens: 1, period: 1, burst: 1 << 50), maxCost: 1)
        }
        let widest = try CompiledQuota(Quota(tokens: 1, period: 1, burst: (1 << 50) - 1), maxCost: 1)
        #expect(widest.capacity == ArrivalTime(micros: (1 << 50) - 1, fraction: 0))
    }

    @Test func namesTheLargestCost() throws {
        let quota = Quota(tokens: 999_983, period: 1_000_000, burst: 1_000)
        let largest = ((1 << 53) - 999_983 - 1) / 999_983 as Int64
        #expect(throws: QuotaError.costTooLarge(largest: largest)) {
            try CompiledQuota(quota, maxCost: largest + 1)
        }
        _ = try CompiledQuota(quota, maxCost: largest)
    }

    @Test func refusesRatesBeyondAnyBurstOrCost() {
        #expect(throws: QuotaError.rateTooSlow(longestPeriod: (1 << 50) - 1)) {
            try CompiledQuota(Quota(tokens: 1, period: 1 << 50, burst: 1), maxCost: 1)
        }
        #expect(throws: QuotaError.rateTooFine(mostTokens: (1 << 52) - 1)) {
            try CompiledQuota(Quota(tokens: 1 << 52, period: 1, burst: 1), maxCost: 1)
        }
    }

    @Test func worksOutWhatATokenCosts() throws {
        let thirds = try CompiledQuota(Quota(tokens: 3, period: 1_000_000, burst: 2), maxCost: 1)
        #expect(thirds.wholeMicros == 333_333)
        #expect(thirds.partMicros == 1)
        #expect(thirds.capacity == ArrivalTime(micros: 666_666, fraction: 2))
    }
}
