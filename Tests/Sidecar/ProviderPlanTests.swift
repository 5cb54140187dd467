import Credentials
import Testing

@testable import Configuration
@testable import Sidecar

/// The table of docs/credentials.md, "Several kinds of credentials".
@Suite struct ProviderPlanTests {
    private func plan(_ providers: [AuthSettings.Provider], allowBearer: Bool = true) -> ProviderPlan {
        var auth = AuthSettings(mode: providers.count == 1 ? .single(providers[0]) : .composite)
        auth.providers = providers
        auth.apiKeys.allowBearer = allowBearer
        return ProviderPlan(auth)
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var providers: [AuthSettings.Provider]
        var keys: [AuthSettings.Provider]
        var tokens: [AuthSettings.Provider]
        var opaque: [AuthSettings.Provider]
        var testDescription: String { providers.map(\.name).joined(separator: ",") }
    }

    private static let own = AuthSettings.Provider.custom("own")

    static let rows: [Row] = [
        Row(providers: [.apiKey], keys: [.apiKey], tokens: [.apiKey], opaque: [.apiKey]),
        Row(providers: [.jwt], keys: [], tokens: [.jwt], opaque: [.jwt]),
        Row(providers: [.oauth2], keys: [], tokens: [.oauth2], opaque: [.oauth2]),
        Row(providers: [.external], keys: [.external], tokens: [.external], opaque: [.external]),
        Row(providers: [own], keys: [own], tokens: [own], opaque: [own]),
        Row(providers: [.mtls], keys: [], tokens: [], opaque: []),
        Row(providers: [.apiKey, .jwt], keys: [.apiKey], tokens: [.jwt], opaque: [.apiKey]),
        Row(providers: [.jwt, .apiKey], keys: [.apiKey], tokens: [.jwt], opaque: [.apiKey]),
        Row(providers: [.apiKey, .oauth2], keys: [.apiKey], tokens: [.apiKey, .oauth2], opaque: [.apiKey, .oauth2]),
        Row(
            providers: [.apiKey, .external], keys: [.apiKey, .external], tokens: [.apiKey, .external],
            opaque: [.apiKey, .external]),
        Row(providers: [.apiKey, own], keys: [.apiKey, own], tokens: [.apiKey, own], opaque: [.apiKey, own]),
        Row(providers: [.jwt, .oauth2], keys: [], tokens: [.jwt], opaque: [.oauth2]),
        Row(providers: [.jwt, .external], keys: [.external], tokens: [.jwt], opaque: [.external]),
        Row(providers: [.jwt, own], keys: [own], tokens: [.jwt], opaque: [own]),
        Row(providers: [.apiKey, .jwt, .oauth2], keys: [.apiKey], tokens: [.jwt], opaque: [.apiKey, .oauth2]),
        Row(
            providers: [.apiKey, .jwt, .external], keys: [.apiKey, .external], tokens: [.jwt],
            opaque: [.apiKey, .external]),
        Row(
            providers: [.apiKey, .oauth2, own], keys: [.apiKey, own], tokens: [.apiKey, .oauth2, own],
            opaque: [.apiKey, .oauth2, own]),
        Row(providers: [own, .oauth2], keys: [own], tokens: [own, .oauth2], opaque: [own, .oauth2]),
        Row(providers: [.mtls, .apiKey], keys: [.apiKey], tokens: [.apiKey], opaque: [.apiKey]),
        Row(providers: [.mtls, .jwt], keys: [], tokens: [.jwt], opaque: [.jwt]),
        Row(
            providers: [.apiKey, .jwt, .mtls, .external, own], keys: [.apiKey, .external, own], tokens: [.jwt],
            opaque: [.apiKey, .external, own]),
    ]

    @Test(arguments: rows)
    func judgesByCarrierAndShapeInTheFilesOrder(_ row: Row) {
        let plan = plan(row.providers)
        #expect(plan.judges(of: .keyHeader, .opaque) == row.keys)
        // Whatever a key looks like: nobody reads a JWT out of the key header.
        #expect(plan.judges(of: .keyHeader, .jwt) == row.keys)
        for carrier in [Presented.Carrier.bearer, .dpop] {
            #expect(plan.judges(of: carrier, .jwt) == row.tokens)
            #expect(plan.judges(of: carrier, .opaque) == row.opaque)
        }
        #expect(plan.judges(of: .none, .opaque).isEmpty)
        #expect(plan.judgesCertificates == row.providers.contains(.mtls))
    }

    @Test func withoutAllowBearerABearerIsNoKey() {
        let plan = plan([.apiKey, .jwt, .oauth2], allowBearer: false)
        #expect(plan.judges(of: .keyHeader, .opaque) == [.apiKey])
        #expect(plan.judges(of: .bearer, .opaque) == [.oauth2])
        #expect(self.plan([.apiKey, .jwt], allowBearer: false).judges(of: .bearer, .opaque) == [.jwt])
        #expect(self.plan([.apiKey], allowBearer: false).judges(of: .bearer, .opaque).isEmpty)
    }
}

extension ProviderPlan {
    /// All of them, in their order.
    fileprivate func judges(of carrier: Presented.Carrier, _ shape: CredentialShape) -> [AuthSettings.Provider] {
        (0..<count(of: carrier, shape)).map { judge($0, of: carrier, shape) }
    }
}
