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
        /// They would have to be fetched, and this Gate asks nobody.
        case outOfReach
    }

    let policy: TokenPolicy
    let keys: Keys
    let dpop: DPoPRule
    /// A token without one of them is refused, whatever the route.
    let requiredScopes: [String]

    init(_ settings: IssuerSettings, keys: Keys) {
        policy = TokenPolicy(settings)
        self.keys = keys
        dpop = settings.dpop
        requiredScopes = settings.requiredScopes
    }

    /// The fetched source with this index, if it is this issuer's.
    func source(_ index: Int) -> KeySetSource? {
        guard case .fetched(let source) = keys, source.index == index else { return nil }
        return source
    }
}

extension TokenPolicy {
    init(_ settings: IssuerSettings) {
        self.init(
            issuer: settings.issuer, audiences: settings.audiences, algorithms: settings.algorithms,
            type: settings.type, leewaySeconds: Int64(settings.leewaySeconds),
            requiredClaims: settings.requiredClaims, claims: settings.claims,
            subjectPrefix: settings.subjectPrefix, defaultRoles: settings.defaultRoles,
            defaultScopes: settings.defaultScopes)
        hasWildcardScope = settings.hasWildcardScope
    }
}
