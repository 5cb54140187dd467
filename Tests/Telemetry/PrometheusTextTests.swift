import Bytes
import Domain
import Testing

@testable import Telemetry

@Suite struct PrometheusTextTests {
    private func text(_ metrics: CheckMetrics) -> String {
        var text = PrometheusText()
        text.write(metrics)
        return String(decoding: text.bytes, as: UTF8.self)
    }

    @Test func countsByDecisionReasonAndDialect() {
        var metrics = CheckMetrics()
        metrics.record(.allow, dialect: .envoy, nanoseconds: 1_000)
        metrics.record(.deny(.overLimit), dialect: .nginx, nanoseconds: 1_000)
        metrics.record(.deny(.malformedRequest), dialect: nil, nanoseconds: 1_000)
        let text = text(metrics)
        #expect(text.contains("postern_checks_total{decision=\"allow\",reason=\"none\",dialect=\"envoy\"} 1\n"))
        #expect(text.contains("postern_checks_total{decision=\"deny\",reason=\"over_limit\",dialect=\"nginx\"} 1\n"))
        #expect(text.contains("{decision=\"deny\",reason=\"malformed_request\",dialect=\"unknown\"} 1\n"))
        #expect(text.contains("postern_check_duration_seconds_count 3\n"))
        #expect(text.contains("postern_check_duration_seconds_bucket{le=\"0.000025\"} 3\n"))
    }

    @Test func everyFamilyHasItsHelpAndTypeOnce() {
        let lines = text(CheckMetrics()).split(separator: "\n")
        let types = lines.filter { $0.hasPrefix("# TYPE") }
        #expect(Set(types).count == types.count)
        #expect(types.count == lines.count { $0.hasPrefix("# HELP") })
    }

    @Test func shardsAddUpByTheLimitsName() {
        var first = CheckMetrics()
        _ = first.slot(forLimit: "a")
        first.recordLimit(first.slot(forLimit: "b"), .denied)
        var second = CheckMetrics()
        second.recordLimit(second.slot(forLimit: "b"), .denied)
        first.add(second)
        #expect(text(first).contains("postern_limit_decisions_total{limit=\"b\",outcome=\"denied\"} 2\n"))
        #expect(text(first).contains("postern_limit_decisions_total{limit=\"a\",outcome=\"denied\"} 0\n"))
    }

    @Test func boundsTheNamesItCounts() {
        var limits = LimitMetrics()
        for index in 0..<LimitMetrics.namesMax { _ = limits.slot(for: "limit-\(index)") }
        #expect(limits.slot(for: "one more") == limits.slot(for: "and another"))
        #expect(limits.names.count == LimitMetrics.namesMax + 1)
    }

    @Test(arguments: [
        (UInt64(25), "0.000025"), (1_000, "0.001"), (250_000, "0.25"), (1_000_000, "1.0"), (2_500_000, "2.5"),
    ])
    func writesSecondsWithoutExponents(_ micros: UInt64, _ text: String) {
        #expect(PrometheusText.seconds(micros: micros) == text)
    }
}
