import Bytes
import Configuration
import Credentials
package import Outbound

/// Everybody the configuration lets judge a credential, compiled: immutable, part of a Gate.
struct Providers: Sendable {
    let plan: ProviderPlan
    let issuers: [TokenIssuer]
    let introspection: IntrospectionClient?
    let certificates: CertificateJudge?
    let external: ExternalAuthenticatorClient?
    let custom: [String: any Authenticator]
    let authorizer: ExternalAuthorizerClient?

    /// - Throws: for what only libcrypto or libcurl can find wrong: keys, certificates, URLs.
    init(_ snapshot: Snapshot, _ secrets: ProviderSecrets, _ services: ProviderServices) throws {
        let auth = snapshot.settings.auth
        plan = ProviderPlan(auth)
        issuers = try (auth.jwt?.issuers ?? []).enumerated().map { index, settings in
            TokenIssuer(settings, keys: try services.keys(settings, secret: secrets.issuers[index]))
        }
        introspection = try auth.oauth2.map { try services.introspection($0, secret: secrets.introspection) }
        certificates = try auth.mtls.map(CertificateJudge.init)
        external = try auth.external.map(services.authenticator)
        authorizer = try snapshot.settings.authorization.map(services.authorizer)
        custom = services.registry.authenticators
    }

    /// The issuer that must judge a token, by its `iss`; a lone one without a name judges all.
    func issuer(of token: UnverifiedToken) -> Int? {
        if issuers.count == 1, issuers[0].policy.issuer == nil { return 0 }
        return issuers.firstIndex { $0.policy.issuer == token.issuer }
    }
}
