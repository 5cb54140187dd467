import Testing

@testable import Sidecar

@Suite struct ColdBudgetTests {
    private static let second: UInt64 = 1_000_000_000

    @Test func halfOfTheTimeIsForColdWork() {
        var budget = ColdBudget()
        var now = Self.second
        var isAdmitted: Bool
        // After a quiet time, half a second at once.
        isAdmitted = budget.admits(at: now)
        #expect(isAdmitted)
        budget.charge(nanoseconds: Self.second / 2)
        isAdmitted = budget.admits(at: now)
        #expect(!isAdmitted)
        // From then on, as much as half of what passes.
        now += Self.second / 10
        isAdmitted = budget.admits(at: now)
        #expect(isAdmitted)
        budget.charge(nanoseconds: Self.second / 20)
        isAdmitted = budget.admits(at: now)
        #expect(!isAdmitted)
    }

    @Test func aLongTimeFillsItNoFurther() {
        var budget = ColdBudget()
        _ = budget.admits(at: 1)
        _ = budget.admits(at: 3_600 * Self.second)
        budget.charge(nanoseconds: Self.second / 2)
        let isAdmitted = budget.admits(at: 3_600 * Self.second)
        #expect(!isAdmitted)
    }
}
