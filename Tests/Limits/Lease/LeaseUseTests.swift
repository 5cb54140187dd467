import Testing

@testable import Limits

/// limits.md 33 and 34: what leases hold, nobody else can spend, and still the limit is used in full.
@Suite struct LeaseUseTests {
    struct Measured {
        var use = 0.0
        var refused = 0
        var callsPerCheck = 0.0
        var callsPerSecond = 0.0
    }

    /// Warms up for B/r and measures ten seconds.
    static func measure(_ terms: LeaseModel.Terms) -> Measured {
        var model = LeaseModel(terms)
        model.run(steps: Int(terms.burst * 4_000 / terms.rate))
        let before = (model.admitted, model.refused, model.calls)
        model.run(steps: 40_000)
        let admitted = model.admitted - before.0
        let refused = model.refused - before.1
        let calls = Double(model.calls - before.2)
        #expect(model.oracle.excess == 0)
        return Measured(
            use: Double(admitted) / Double(terms.rate * 10), refused: refused,
            callsPerCheck: calls / Double(Int(admitted) + refused), callsPerSecond: calls / 10 / Double(terms.workers))
    }

    struct Pattern: CustomTestStringConvertible, Sendable {
        var name: String
        /// Of the rate, over all workers together.
        var demand: Double
        var hot = false
        var onOff = 0
        var testDescription: String { name }
    }

    static let saturating = [
        Pattern(name: "uniform", demand: 2), Pattern(name: "tenfold", demand: 10),
        Pattern(name: "one hot and fifteen idle", demand: 2, hot: true),
        Pattern(name: "on and off", demand: 4, onOff: 2_000),
    ]

    static func terms(_ pattern: Pattern, rate: Int64) -> LeaseModel.Terms {
        var terms = LeaseModel.Terms()
        (terms.rate, terms.burst, terms.workers, terms.onOff) = (rate, rate, 16, pattern.onOff)
        let total = Double(rate) * pattern.demand
        terms.demand =
            pattern.hot
            ? [total * 0.99] + [Double](repeating: total * 0.01 / 15, count: 15) : [total / 16]
        return terms
    }

    @Test(arguments: LeaseUseTests.saturating, [Int64(100), 1_000, 5_000])
    func aWantedLimitIsUsedUp(pattern: Pattern, rate: Int64) {
        let measured = LeaseUseTests.measure(LeaseUseTests.terms(pattern, rate: rate))
        #expect(measured.use >= 0.98, "\(pattern.name) at \(rate)/s: \(measured)")
        #expect(measured.callsPerSecond <= 200, "\(pattern.name) at \(rate)/s: \(measured)")
    }

    @Test(arguments: [0.5, 0.95], [Int64(100), 1_000, 5_000])
    func whoStaysBelowIsNeverRefused(demand: Double, rate: Int64) {
        let pattern = Pattern(name: "steady", demand: demand)
        let measured = LeaseUseTests.measure(LeaseUseTests.terms(pattern, rate: rate))
        #expect(measured.refused == 0, "\(demand) of \(rate)/s: \(measured)")
    }

    @Test func aBusyWorkerSeldomAsks() {
        var terms = LeaseModel.Terms()
        (terms.rate, terms.burst, terms.workers, terms.demand) = (12_500, 12_500, 2, [5_000])
        let measured = LeaseUseTests.measure(terms)
        #expect(measured.callsPerCheck < 0.02, "\(measured)")
        #expect(measured.refused == 0)
    }
}
