import Credentials
import Logging
import Telemetry
import Testing

@testable import Sidecar

/// What is said of secret stores: each change once, and of secrets nothing but which store they are in.
@Suite struct SecretReportTests {
    private static let vault = SecretStore.vault(
        VaultStore(address: "https://vault.internal:8200", namespace: nil, login: .token(HiddenText("root"))))
    private static let other = SecretStore.vault(
        VaultStore(address: "https://other.internal:8200", namespace: nil, login: .token(HiddenText("root"))))

    private func request(_ name: String, of store: SecretStore = vault) throws -> SecretRequest {
        SecretRequest(store: store, reference: try #require(try SecretReference("vault:kv/\(name)#field")))
    }

    private typealias Answers = [SecretRequest: Result<[UInt8], SecretFault>]

    @Test func aFailureAndItsEndAreToldOnce() throws {
        var report = SecretReport()
        let (one, two) = (try request("one"), try request("two"))
        let good: Answers = [one: .success([1]), two: .success([2])]
        let bad: Answers = [one: .success([1]), two: .failure(.notFound)]
        #expect(report.changes(good).isEmpty, "that a store works is no news")
        let failed = report.changes(bad)
        #expect(failed.count == 1 && failed[0].level == .warning && failed[0].message == "secret store fails")
        #expect(failed[0].metadata["store"] == "vault" && failed[0].metadata["fault"] == "not_found")
        #expect(failed[0].metadata["secrets"] == "1 of 2")
        for _ in 0..<3 { #expect(report.changes(bad).isEmpty) }
        let back = report.changes(good)
        #expect(back.count == 1 && back[0].level == .notice && back[0].message == "secret store is back")
        #expect(report.changes(good).isEmpty)
    }

    /// Several faults at once are one, whichever comes first in a dictionary; another one is news.
    @Test func ofSeveralFaultsTheSameIsToldEachTime() throws {
        var report = SecretReport()
        let requests = try (0..<6).map { try request("s\($0)") }
        let faults: [SecretFault] = [.notFound, .denied(status: 403), .malformed]
        for round in 0..<20 {
            let answers = requests.enumerated().map { ($1, Result<[UInt8], SecretFault>.failure(faults[$0 % 3])) }
            let lines = report.changes(Dictionary(uniqueKeysWithValues: answers.shuffled()))
            #expect(lines.count == (round == 0 ? 1 : 0))
        }
        let lines = report.changes([requests[0]: .failure(.unavailable(status: 503))])
        #expect(lines.count == 1 && lines[0].metadata["fault"] == "unavailable")
    }

    @Test func nothingOfASecretOrItsNameIsTold() throws {
        var report = SecretReport()
        let lines = report.changes([try request("payroll"): .failure(.denied(status: 403))])
        let text = lines.map { "\($0)" }.joined()
        #expect(text.contains("vault") && !text.contains("payroll") && !text.contains("field"))
        #expect(!text.contains("internal") && !text.contains("root"))
    }

    @Test func storesNobodyUsesAnyMoreAreNotFailing() throws {
        var report = SecretReport()
        _ = report.changes([
            try request("a"): .failure(.notFound), try request("b", of: Self.other): .failure(.notFound),
        ])
        #expect(try text(&report, keeping: [Self.vault, Self.other]).contains("postern_secret_stores_failing 2\n"))
        #expect(try text(&report, keeping: [Self.vault]).contains("postern_secret_stores_failing 1\n"))
        report.keep(0, of: [])
        var nothing = PrometheusText()
        report.write(to: &nothing)
        #expect(nothing.bytes.isEmpty, "without references there is nothing to say")
    }

    @Test func outcomesAreCounted() throws {
        var report = SecretReport()
        (report.unchanged, report.changed, report.failed) = (5, 2, 3)
        let text = try text(&report, keeping: [Self.vault])
        #expect(text.contains("postern_secrets 7\n"))
        for line in ["unchanged\"} 5\n", "changed\"} 2\n", "failed\"} 3\n"] {
            #expect(text.contains("postern_secret_refreshes_total{outcome=\"\(line)"), "\(text)")
        }
    }

    private func text(_ report: inout SecretReport, keeping stores: Set<SecretStore>) throws -> String {
        report.keep(7, of: stores)
        var text = PrometheusText()
        report.write(to: &text)
        return String(decoding: text.bytes, as: UTF8.self)
    }
}
