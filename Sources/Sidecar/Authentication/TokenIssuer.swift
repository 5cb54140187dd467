import Bytes
import Configuration
import Credentials
import Outbound

/// One issuer of `auth.jwt`, ready to judge tokens: its policy, and where its keys are.
final class TokenIssuer: Sendable {
    enum Keys: Sendable {
        /// From the configuration itself: they never change.
        case fixed(KeySet)
        /// Kept fresh in the background.
        case fetched(KeySetSource)
    }

    let policy: TokenPolicy
    let keys: Keys
    let dpop: DPoPRule
    let requiredScopes: [String]
    /// For `token inspect` and metrics.
    let name: String

    init(_ settings: IssuerSettings, keys: Keys) {
        policy = TokenPolicy(settings)
        self.keys = keys
        dpop = settings.dpop
        requiredScopes = settings.requiredScopes
        name = settings.issuer ?? "any"
    }

    /// What can be said about the keys now.
    var snapshot: KeySetSnapshot? {
        guard case .fetched(let source) = keys else { return nil }
        return source.snapshot
    }
}

extension TokenPolicy {
    package init(_ settings: IssuerSettings) {
        self.init(
            issuer: settings.issuer, audiences: settings.audiences, algorithms: settings.algorithms,
            type: settings.type, leewaySeconds: Int64(settings.leewaySeconds),
            requiredClaims: settings.requiredClaims, claims: settings.claims,
            subjectPrefix: settings.subjectPrefix, defaultRoles: settings.defaultRoles)
    }
}
