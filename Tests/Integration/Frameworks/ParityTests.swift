import Foundation
import Testing

/// Each framework's own auth and Postern, reading the same file, asked the same: they agree, or docs/frameworks.md says
/// why not.
@Suite(.serialized, .needs(.postern, .python, .frameworks))
struct ParityTests {
    @Test(arguments: ["dockrion-keys", "dockrion-tokens", "agent-gateway", "agentflow", "agentflow-roles"])
    func bothAnswerTheSame(_ name: String) throws {
        let run = try ParityRun(name)
        let rows = try Repository.text("docs/frameworks.md")
        for (index, request) in run.table.requests.enumerated() {
            let found = try run.outcomes(of: index)
            #expect(found.framework == request.framework, "\(name): \(request.name): the framework")
            #expect(found.postern == request.postern ?? request.framework, "\(name): \(request.name): Postern")
            guard request.postern != nil else { continue }
            let row = try #require(request.row, "\(request.name) differs without a reason")
            #expect(rows.contains("| \(row) |"), "docs/frameworks.md has no row \(row)")
        }
    }

    @Test func thereAreEnoughRequests() throws { #expect(try ParityTable.count() >= 60) }
}
