import Bytes
import Configuration
import Domain
import HTTPWire
import Limits
import Testing

@testable import Sidecar

@Suite struct VerdictTests {
    private func fold(_ outcome: SpendOutcome) throws -> Decision? {
        let owner = Bystander()
        let check = Check(gate: try Gate(try CheckPort.snapshot(CheckPort.demo), services: nil), owner: owner)
        check.spend.outcome = outcome
        Verdict.fold(check)
        return check.decision
    }

    @Test func foldsEveryOutcome() throws {
        #expect(try fold(.admitted) == .allow)
        #expect(try fold(.refused) == .deny(.overLimit))
        #expect(try fold(.unavailable(.open)) == .allow)
        #expect(try fold(.unavailable(.closed)) == .deny(.storeClosed))
        #expect(try fold(.unavailable(.defer)) == .deny(.storeDeferred))
        // What should not happen is refused.
        #expect(try fold(.pending) == .deny(.storeClosed))
    }

    /// A 5xx is Envoy's own failure mode: only `defer`, which asks for it, may answer one.
    @Test func noReasonButDeferReachesEnvoyAsAServerError() {
        for reason in DenyReason.allCases {
            let status = StatusTable.wireStatus(of: reason, for: .envoy).rawValue
            let defers: Set<DenyReason> = [.storeDeferred, .undecidableDeferred, .authorizationDeferred]
            #expect((status >= 500) == defers.contains(reason), "\(reason)")
            #expect(status != 200)
        }
    }

    @Test func nginxHearsNothingButFourHundredAndOneAndThree() {
        for reason in DenyReason.allCases {
            for dialect in [Dialect.nginx, .ingressNginx] {
                let status = StatusTable.wireStatus(of: reason, for: dialect).rawValue
                #expect(status == 401 || status == 403)
            }
        }
    }

    @Test func aProblemDocumentSaysTheStatusThatTheClientGets() throws {
        let answer = try CheckPort(isSurplus: true).ask("GET /envoy/health")
        #expect(answer.status == 403)
        #expect(answer.body.contains("\"status\":403"))
        let nginx = try CheckPort(dialect: .nginx, isSurplus: true).ask("GET /nginx")
        #expect(nginx["X-Authz-Status"] == "503")
        #expect(nginx["X-Authz-Problem"]?.contains("\"status\":503") == true)
    }

    @Test func theTightestLimitIsNamedFirst() throws {
        let yaml = CheckPort.demo.replacing("address, rate: 100/hour", with: "address, rate: 2/hour")
        let port = try CheckPort(yaml)
        let headers = [CheckPort.key, "X-Forwarded-For: 203.0.113.9"]
        #expect(try port.ask("GET /envoy/invoke", headers)["RateLimit"]?.hasPrefix("\"address\";r=1") == true)
        _ = try port.ask("GET /envoy/invoke", headers)
        let refused = try port.ask("GET /envoy/invoke", headers)
        #expect(refused.status == 429)
        #expect(refused["RateLimit"]?.hasPrefix("\"address\";r=0;t=1800") == true)
        #expect(refused.body.contains("\"violated-policies\":[\"address\"]"))
    }
}
