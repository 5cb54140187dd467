import Domain
import Limits
import Testing

@testable import Configuration

/// What the keys of `limits` compile into.
@Suite struct LimitTermsTests {
    private func limits(_ lines: String, redis: String = "redis: {url: \"redis://a\"}") throws -> [Limit] {
        let settings = try load("auth: {mode: none}\nlimits:\n\(lines)\n\(redis)\n")
        return try #require(SnapshotCompiler.compile(settings, file: "f").snapshot).limits.limits
    }

    @Test func aCalendarQuotaHasItsWindowAndZone() throws {
        let limit = try limits("  - {name: a, per: tenant, rate: 1000000/month, window: calendar}")[0]
        #expect(limit.counting == .calendar(CalendarTerms(unit: .month, zone: .utc)))
        #expect(limit.quota.quota.burst == 1_000_000)
        #expect(limit.lease == nil && limit.settlement == nil && limit.onFailure == nil)
    }

    @Test(arguments: CalendarUnit.allCases) func everyUnitOfTheCalendarIsRead(_ unit: CalendarUnit) throws {
        let limit = try limits("  - {name: a, per: global, rate: 5 per \(unit.rawValue), window: calendar}")[0]
        #expect(limit.counting == .calendar(CalendarTerms(unit: unit, zone: .utc)))
    }

    @Test func slotsHaveTheirNumberAndLease() throws {
        let found = try limits(
            """
              - {name: a, per: subject, concurrency: 20, on_failure: closed}
              - {name: b, per: subject, concurrency: 10000, lease_seconds: 86400}
            """)
        #expect(found[0].counting == .slots(SlotTerms(leaseMicros: 60_000_000)))
        #expect(found[0].quota.quota.burst == 20)
        #expect(found[0].onFailure == .closed)
        #expect(found[1].counting == .slots(SlotTerms(leaseMicros: 86_400_000_000)))
        #expect(found[0].isHeld)
    }

    @Test func aSettledLimitHasDefaults() throws {
        let found = try limits(
            """
              - {name: a, per: subject, rate: 100/s, burst: 300, settle: {}}
              - {name: b, per: subject, rate: 9/day, window: calendar, settle: {estimate: 8, expires_seconds: 5, max_debt: 0}}
            """)
        #expect(found[0].settlement == SettlementTerms(estimate: 1, expiresMicros: 600_000_000, debtMax: 300))
        #expect(found[1].settlement == SettlementTerms(estimate: 8, expiresMicros: 5_000_000, debtMax: 0))
        #expect(found.allSatisfy { $0.lease == nil })
    }

    /// limits.md 17 and 19: Λ = min(1 s, B/(10·r)), and B − ceil(r·Λ) is left.
    @Test(arguments: [
        ("1000/s, burst: 1000", 100_000, 900), ("1000/s, burst: 100000", 1_000_000, 99_000),
        ("7/s, burst: 3", 42_857, 2), ("1/minute, burst: 30", 1_000_000, 29), ("2/s", 100_000, 1),
        ("1000/s, burst: 59", 5_900, 53),
    ])
    func aLeaseHoldsBackWhatFlowsInMeanwhile(_ rate: String, _ lifetime: Int64, _ left: Int64) throws {
        let limit = try limits("  - {name: a, per: global, precision: leased, rate: \(rate)}")[0]
        #expect(limit.lease == LeaseTerms(lifetimeMicros: lifetime))
        #expect(limit.quota.quota.burst == left)
    }

    @Test func theHoldBackIsTheLeastThatFlowsInDuringALease() {
        for tokens in [1, 2, 3, 7, 10, 999, 1_000_003] as [Int64] {
            for burst in [1, 2, 9, 10, 11, 100, 12_345, 1 << 31] as [Int64] {
                let quota = Quota(tokens: tokens, period: 1_000_000, burst: burst)
                let terms = LeaseTerms(for: quota)
                let held = terms.holdBack(from: quota)
                let flow = terms.lifetimeMicros * quota.tokens
                #expect(held * quota.period >= flow && (held - 1) * quota.period < flow)
                #expect(terms.lifetimeMicros <= 1_000_000)
                #expect(held <= (burst + 9) / 10)
            }
        }
    }

    @Test func inAClusterWhatIsWideIsLeased() throws {
        let found = try limits(
            """
              - {name: a, per: tenant, rate: 100/s}
              - {name: b, per: subject, rate: 100/s}
              - {name: c, per: subject, rate: 100/s, precision: leased}
            """, redis: "redis: {cluster: {nodes: [a]}}")
        #expect(found.map { $0.lease != nil } == [true, false, true])
        #expect(found.map(\.quota.quota.burst) == [90, 100, 90])
    }

    @Test func memoryLeasesNothing() throws {
        let limit = try limits("  - {name: a, per: global, rate: 100/s, precision: leased}", redis: "")[0]
        #expect(limit.lease == nil)
        #expect(limit.quota.quota.burst == 100)
    }

    @Test func aRouteReservesByName() throws {
        let settings = try load(
            """
            auth: {mode: none}
            limits: [{name: tokens, per: subject, rate: 100/minute, settle: {}}]
            routes: [{path: /a, reserve: {tokens: 20}}, {path: /b}]
            reserve_header: X-Postern-Reserve
            """)
        #expect(settings.routes.map(\.reserve) == [["tokens": 20], [:]])
        #expect(settings.reserveHeader == "X-Postern-Reserve")
    }
}
