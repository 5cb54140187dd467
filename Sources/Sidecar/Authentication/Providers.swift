import Bytes
import Configuration
import Credentials
import Outbound

/// Everybody the configuration lets judge a credential, compiled: immutable, part of a Gate.
struct Providers: Sendable {
    let plan: ProviderPlan
    let issuers: [TokenIssuer]
    let introspection: IntrospectionClient?
    let certificates: CertificateJudge?
    let external: ExternalAuthenticatorClient?
    let custom: [String: any Authenticator]
    let log: ProviderLog?
    /// Not a provider: has the last word on whether a request may pass.
    let authorizer: ExternalAuthorizerClient?

    /// - Parameter services: nil for a Gate that asks nobody: whoever would have to be asked is then out of reach.
    init(_ snapshot: Snapshot, _ services: ProviderServices?) throws {
        let (auth, credentials) = (snapshot.settings.auth, snapshot.credentials)
        plan = ProviderPlan(auth)
        issuers = try (auth.jwt?.issuers ?? []).enumerated().map { index, settings in
            let fixed = credentials.issuerKeys[index].map(TokenIssuer.Keys.fixed)
            let fetched = try fixed == nil ? services?.source(settings) : nil
            return TokenIssuer(settings, keys: fixed ?? fetched.map(TokenIssuer.Keys.fetched) ?? .outOfReach)
        }
        certificates = CertificateJudge(snapshot)
        log = services?.log
        custom = services?.registry.authenticators ?? [:]
        introspection = try services.flatMap { try $0.introspection(auth.oauth2, credentials.introspection) }
        external = try services.flatMap { try $0.authenticator(auth.external) }
        authorizer = try services.flatMap { try $0.authorizer(snapshot.settings.authorization) }
    }

    /// The issuer that must judge a token, by its `iss`; a lone one judges all, and says what is wrong with them.
    func issuer(of token: UnverifiedToken) -> Int? {
        if issuers.count == 1 { return 0 }
        guard let name = token.issuer else { return nil }
        return issuers.firstIndex { $0.policy.issuer?.isExactly(name) == true }
    }
}

extension ProviderServices {
    func introspection(
        _ settings: OAuth2Settings?, _ credentials: ClientCredentials?
    ) throws -> IntrospectionClient? {
        guard let settings, let credentials else { return nil }
        let policy = IntrospectionPolicy(
            issuer: settings.issuer, audiences: settings.audiences, requiredScopes: settings.requiredScopes,
            claims: settings.claims, subjectPrefix: settings.subjectPrefix, defaultRoles: settings.defaultRoles)
        return IntrospectionClient(
            client: client, endpoint: try OutboundEndpoint(settings.introspectionURL, caFile: settings.caFile),
            credentials: credentials, policy: policy, deadlineMillis: settings.deadlineMilliseconds)
    }

    func authenticator(_ settings: ExternalSettings?) throws -> ExternalAuthenticatorClient? {
        guard let settings else { return nil }
        return ExternalAuthenticatorClient(
            client: client, endpoint: try OutboundEndpoint(settings.url, caFile: settings.caFile),
            deadlineMillis: settings.deadlineMilliseconds)
    }

    func authorizer(_ settings: ExternalAuthorizationSettings?) throws -> ExternalAuthorizerClient? {
        guard let settings else { return nil }
        return ExternalAuthorizerClient(
            client: client, endpoint: try OutboundEndpoint(settings.url, caFile: settings.caFile),
            format: settings.format == .opa ? .opa : .postern, deadlineMillis: settings.deadlineMilliseconds)
    }
}
