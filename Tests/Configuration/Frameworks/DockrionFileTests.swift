import Configuration
import Credentials
import Domain
import Testing

@Suite struct DockrionFileTests {
    private func read(
        _ auth: String, strict: Bool = false, _ environment: [String: String] = FrameworkExample.environment,
        _ location: SourceLocation = #_sourceLocation
    ) throws -> Settings {
        try framework(FrameworkExample.dockrionHead + auth, strict: strict, environment, location)
    }

    private func said(_ auth: String, _ environment: [String: String] = FrameworkExample.environment) -> String {
        loaded(FrameworkExample.dockrionHead + auth, environment).said
    }

    @Test func aSectionWithoutWordsIsTheStandardKey() throws {
        let auth = try read("auth: {}").auth
        #expect(auth.mode == .apiKey)
        #expect(auth.apiKeys.keys.map(\.id) == ["default"])
        #expect(auth.apiKeys.header == "X-API-Key")
        #expect(auth.roles.map(\.name) == ["default"])
        #expect(auth.roles[0].permissions == ["invoke", "view_metrics"])
    }

    @Test func aPrefixNamesKeysAndHidesTheVariable() throws {
        let text =
            "auth: {mode: api_key, api_keys: {env_var: NOT_SET, prefix: TEAM_, header: X-Team, allow_bearer: no}}"
        let auth = try read(text).auth
        #expect(auth.apiKeys.keys.map(\.id) == ["DEV", "PROD"])
        #expect(auth.apiKeys.header == "X-Team")
        #expect(!auth.apiKeys.allowBearer)
        #expect(auth.roles[0].permissions == ["invoke"])
        #expect(said(text).contains("warning: `env_var` has no effect beside `prefix`"))
    }

    @Test func documentedRatesAndRolesAreRealPolicy() throws {
        let settings = try read(
            """
            auth:
              mode: api_key
              api_keys: {env_var: OPS_KEY}
              roles:
                - {name: admin, permissions: [invoke, view_metrics, deploy]}
                - {name: default, permissions: [invoke]}
              rate_limits: {admin: 5000/hour, default: "100/m"}
            """)
        #expect(settings.auth.rateLimits.map(\.role) == ["admin", "default"])
        let hour = Quota(tokens: 5_000, period: 3_600_000_000, burst: 5_000)
        #expect(settings.auth.rateLimits.map(\.quota) == [hour, Quota(tokens: 100, period: 60_000_000, burst: 100)])
        #expect(
            settings.guards == [
                "POST /invoke invoke", "POST /invoke/stream invoke", "POST /runs invoke",
                "GET,DELETE /runs/* invoke", "GET /runs/*/events invoke",
            ])
    }

    @Test func withoutRolesACredentialIsEnough() throws {
        let settings = try read("auth: {mode: api_key}\n")
        #expect(settings.guards.first == "POST /invoke")
        #expect(settings.openPaths.contains("/metrics"))
        #expect(settings.unmatched == .deny)
        #expect(settings.preflight == .allow)
    }

    @Test func strictGuardsWhatTellsAboutTheAgent() throws {
        let roles = "roles: [{name: default, permissions: [invoke]}]"
        let read = [
            try read("auth: {\(roles)}", strict: true), try read("auth: {strict: true, \(roles)}"),
        ]
        for settings in read {
            #expect(settings.guards.contains("GET /metrics view_metrics"))
            #expect(settings.guards.contains("GET /docs/** read_docs"))
            #expect(!settings.openPaths.contains("/metrics"))
            #expect(settings.openPaths.contains("/health"))
        }
    }

    @Test func theDocumentedTokenSampleLoads() throws {
        let issuer = try #require(
            try read(
                """
                auth:
                  mode: jwt
                  jwt:
                    jwks_url: https://auth.example.com/.well-known/jwks.json
                    issuer: https://auth.example.com/
                    audience: my-agent
                    leeway_seconds: 60
                    claims: {user_id: sub, roles: permissions, scopes: scope}
                  rate_limits: {premium: 5000/hour, default: 1000/hour}
                """
            ).auth.jwt?.issuers.first)
        #expect(issuer.keys == .jwksURL("https://auth.example.com/.well-known/jwks.json"))
        #expect(issuer.algorithms.map(\.rawValue) == ["RS256"])
        #expect(issuer.requiredClaims == ["iat": nil])
        #expect(issuer.claims.roles == "permissions")
        #expect(issuer.claims.tenantID == "tenant_id")
        #expect(issuer.leewaySeconds == 60)
    }

    @Test func aSecretInTheVariableOfThePublicKey() throws {
        let auth = try read("auth: {mode: jwt, jwt: {public_key_env: JWT_SECRET_KEY, algorithms: [HS256]}}").auth
        #expect(auth.jwt?.issuers[0].keys == .secret(Secret(Array("0123456789abcdef0123456789abcdef".utf8))))
    }

    @Test func introspectionIsMoreThanParsed() throws {
        var environment = FrameworkExample.environment
        environment["ID"] = "me"
        environment["SECRET"] = "mine"
        let auth = try read(
            """
            auth:
              mode: oauth2
              oauth2: {introspection_url: "https://i/x", client_id_env: ID, client_secret_env: SECRET}
            """, environment
        ).auth
        #expect(auth.oauth2?.introspectionURL == "https://i/x")
    }

    @Test func failsClosed() {
        #expect(said("").contains("`auth` is missing"))
        #expect(said("authh: {mode: jwt}").contains("5:1: warning: unknown key `authh`, which has no effect; did you"))
        #expect(said("auth: {mode: API_KEY}").contains("5:14: `mode` must be one of none, api_key, jwt, oauth2"))
        #expect(said("auth: {mode: jwt}").contains("mode jwt needs `jwt`"))
        #expect(said("auth: {mode: api_key}", [:]).contains("the environment variable DOCKRION_API_KEY is not set"))
        #expect(said("auth: {api_keys: {enabled: false}}").contains("mode api_key needs its keys"))
        #expect(said("auth: {roles: [{name: a, permissions: [invok]}]}").contains("did you mean `invoke`?"))
        #expect(said("auth: {rate_limits: {default: 100}}").contains("needs `/` or ` per `"))
        #expect(
            said("auth: {mode: jwt, jwt: {public_key_env: PEM, algorithms: [RS256, HS256]}}")
                .contains("HS256 needs `secret`"))
        #expect(said("auth: {mode: api_key, api_keys: {env_var: UNSET_ONE}}").contains("UNSET_ONE is not set"))
    }

    @Test func unknownKeysAreWarnings() {
        let loaded = loaded(FrameworkExample.dockrionHead + "auth:\n  mode: api_key\n  rate_limit: {default: 1/m}\n")
        #expect(loaded.settings != nil)
        #expect(
            loaded.said
                == "7:3: warning: unknown key `rate_limit` in `auth`, which has no effect; did you mean `rate_limits`?")
    }

    @Test func declaredSecretsHaveDefaults() throws {
        let secrets =
            "secrets: {optional: [{name: DECLARED, default: declared-0123456789}, {name: X, default: null}]}\n"
        let keys = "auth: {api_keys: {env_var: DECLARED}}\n"
        #expect(
            try read(secrets + keys).auth.apiKeys.keys[0].material == .plain(Secret(Array("declared-0123456789".utf8))))
        let shell = try read(secrets + keys, ["DECLARED": "shell-0123456789ab"])
        #expect(shell.auth.apiKeys.keys[0].material == .plain(Secret(Array("shell-0123456789ab".utf8))))
    }

    @Test func nobodyIsAskedWhereTheFileSaysSo() throws {
        #expect(try read("auth: {mode: none}").auth.mode == .none)
        #expect(try read("auth: null").auth.mode == .none)
        #expect(said("auth: null").contains("everybody may do everything"))
    }

    @Test func shortKeysAreWarnedOf() throws {
        #expect(
            said("auth: {api_keys: {env_var: K}}", ["K": "short"]).hasSuffix(
                "is shorter than 16 bytes, and can be guessed"))
    }
}
