import Configuration
import Credentials

/// Who judges which credential: worked out once per Gate from what the configuration lists (gate.md 8).
///
/// A credential is judged by the providers for its carrier and shape, in the order of the configuration, and by no
/// other. One that does not know it passes it on; one that knows it, and refuses it, has spoken.
struct ProviderPlan: Sendable {
    /// For the key header.
    let keys: [AuthSettings.Provider]
    /// For a bearer shaped like a JWT.
    let tokens: [AuthSettings.Provider]
    /// For any other bearer.
    let opaque: [AuthSettings.Provider]
    /// For a request that shows nothing but a client certificate.
    let judgesCertificates: Bool

    init(_ auth: AuthSettings) {
        let providers = auth.providers
        let bearers = providers.filter { $0 != .mtls && ($0 != .apiKey || auth.apiKeys.allowBearer) }
        keys = providers.filter { $0.takesKeys }
        // Where nobody reads JWTs, one is as opaque as any other bearer; where nobody reads anything else, whatever
        // comes is read as a JWT and refused as no good one.
        tokens = bearers.contains(.jwt) ? [.jwt] : bearers
        let others = bearers.filter { $0 != .jwt }
        opaque = others.isEmpty ? bearers : others
        judgesCertificates = providers.contains(.mtls)
    }

    /// How many judge a credential; 0 where nobody does.
    func count(of carrier: Presented.Carrier, _ shape: CredentialShape) -> Int {
        switch carrier {
        case .none: 0
        case .keyHeader: keys.count
        case .bearer, .dpop, .subprotocol, .query: shape == .jwt ? tokens.count : opaque.count
        }
    }

    /// Who judges it at the turn `index`. One at a time, because a list that is handed out is retained.
    func judge(_ index: Int, of carrier: Presented.Carrier, _ shape: CredentialShape) -> AuthSettings.Provider {
        switch carrier {
        case .none: preconditionFailure("nobody judges what is not there")
        case .keyHeader: keys[index]
        case .bearer, .dpop, .subprotocol, .query: shape == .jwt ? tokens[index] : opaque[index]
        }
    }
}

extension AuthSettings.Provider {
    /// Whether a key header can be meant for it.
    fileprivate var takesKeys: Bool {
        switch self {
        case .apiKey, .external, .custom: true
        case .jwt, .oauth2, .mtls: false
        }
    }
}
