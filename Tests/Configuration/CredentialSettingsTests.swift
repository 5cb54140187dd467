import Credentials
import Domain
import Testing

@testable import Configuration

/// What the sections of credentials become, and their defaults.
@Suite struct CredentialSettingsTests {
    @Test func theWholeExampleLoads() throws {
        let text = Array(CredentialExample.yaml.utf8)
        let loaded = SettingsLoader.load(text: text, name: "f", environment: Environment.usual, now: Environment.now)
        #expect(loaded.said == "")
        #expect(loaded.settings?.auth.jwt?.issuers.count == 5)
    }

    @Test func discoveryIsAnIssuerAlone() throws {
        let auth = try load("auth:\n  mode: jwt\n  jwt: {issuer: \"https://a.example\", audience: a}\n").auth
        var expected = IssuerSettings(keys: .discovery(issuer: "https://a.example"), algorithms: [.rs256, .es256])
        expected.issuer = "https://a.example"
        expected.audiences = ["a"]
        expected.position = SourcePosition(line: 3, column: 8)
        #expect(auth.mode == .single(.jwt) && auth.providers == [.jwt])
        #expect(auth.jwt?.issuers == [expected])
        #expect(auth.jwt?.cacheEntries == 10_000 && auth.jwt?.negativeCacheSeconds == 10)
    }

    @Test func everyKeyOfAnIssuerArrives() throws {
        let yaml = """
            auth:
              mode: jwt
              jwt:
                cache: {entries: 5, negative_seconds: 6}
                merge_subjects: true
                issuers:
                  - issuer: a
                    jwks_url: https://a.example/keys?v=1
                    algorithms: [PS512, EdDSA]
                    audience: [x, y]
                    type: at+jwt
                    leeway_seconds: 1
                    required_claims: {azp: web, "https://a/b": "${GOOD}"}
                    required_scopes: [invoke]
                    claims: {user_id: uid, roles: realm_access.roles, tenant_id: "https://a/tenant"}
                    subject_prefix: "a:"
                    default_roles: []
                    ca_file: \(Files.folder)/authority.pem
                    cooldown_seconds: 2
                    stale_seconds: 3
                    deadline_ms: 4
                    dpop: require
                  - {issuer: b, secret_env: JWT_SECRET, audience: x, required_claims: [azp]}
                  - {issuer: c, public_key_env: PEM_EC, audience: x, algorithms: ES256}
            """
        let jwt = try #require(try load(yaml).auth.jwt)
        var expected = IssuerSettings(keys: .jwksURL("https://a.example/keys?v=1"), algorithms: [.ps512, .eddsa])
        expected.issuer = "a"
        expected.audiences = ["x", "y"]
        expected.type = "at+jwt"
        expected.leewaySeconds = 1
        expected.requiredClaims = ["azp": "web", "https://a/b": "0123456789abcdef"]
        expected.requiredScopes = ["invoke"]
        expected.claims = ClaimMapping(userID: "uid", roles: "realm_access.roles", tenantID: "https://a/tenant")
        expected.subjectPrefix = "a:"
        expected.defaultRoles = []
        expected.caFile = "\(Files.folder)/authority.pem"
        expected.cooldownSeconds = 2
        expected.staleSeconds = 3
        expected.deadlineMilliseconds = 4
        expected.dpop = .require
        expected.position = SourcePosition(line: 7, column: 9)
        #expect(jwt.issuers[0] == expected)
        #expect(jwt.cacheEntries == 5 && jwt.negativeCacheSeconds == 6 && jwt.mergesSubjects)
        #expect(jwt.issuers[1].keys == .secret(Secret(Array("0123456789abcdef0123456789abcdef".utf8))))
        #expect(jwt.issuers[1].algorithms == [.hs256] && jwt.issuers[1].requiredClaims == ["azp": nil])
        #expect(jwt.issuers[2].keys == .pem(Array(Files.text("public-ec.pem").dropLast().utf8)))
    }

    @Test func everyKeyOfIntrospectionArrives() throws {
        let yaml = """
            auth:
              mode: oauth2
              on_undecidable: defer
              failed_credentials: {rate: 7/s, enabled: false}
              oauth2:
                introspection_url: https://a.example/introspect
                client_id: me
                client_secret_env: CLIENT_SECRET
                required_scopes: [a]
                issuer: i
                audience: x
                claims: {scopes: scp}
                cache_seconds: 1
                negative_cache_seconds: 2
                deadline_ms: 3
                default_roles: []
                subject_prefix: "o:"
            """
        let auth = try load(yaml).auth
        var expected = OAuth2Settings(
            introspectionURL: "https://a.example/introspect", clientID: "me",
            clientSecret: Secret(Array("client-secret".utf8)))
        expected.requiredScopes = ["a"]
        expected.issuer = "i"
        expected.audiences = ["x"]
        expected.claims = ClaimMapping(scopes: "scp")
        expected.cacheSeconds = 1
        expected.negativeCacheSeconds = 2
        expected.deadlineMilliseconds = 3
        expected.defaultRoles = []
        expected.subjectPrefix = "o:"
        expected.position = SourcePosition(line: 6, column: 5)
        #expect(auth.oauth2 == expected && auth.onUndecidable == .defer)
        #expect(auth.failedCredentials.quota == Quota(tokens: 7, period: 1_000_000, burst: 14))
        #expect(!auth.failedCredentials.isEnabled)
    }

    @Test func theThrottleIsOnByDefault() throws {
        let throttle = try load("auth: {mode: none}\n").auth.failedCredentials
        #expect(throttle.isEnabled && throttle.quota == Quota(tokens: 100, period: 60_000_000, burst: 200))
        let burst = try load("auth: {api_keys: {env_var: GOOD}, failed_credentials: {burst: 5}}\n")
        #expect(burst.auth.failedCredentials.quota == Quota(tokens: 100, period: 60_000_000, burst: 5))
    }

    @Test func everyKeyOfCertificatesArrives() throws {
        let yaml = """
            auth:
              mode: mtls
              roles: [{name: agent}]
              mtls:
                sources: [xfcc, nginx, client_cert]
                ca_file: \(Files.folder)/authority.pem
                crl_file: \(Files.folder)/revoked.pem
                identity: [email, subject]
                roles: [{pattern: "*@a.example", roles: [agent], tenant: t}]
                default_roles: []
                subject_prefix: "m:"
            """
        let mtls = try #require(try load(yaml).auth.mtls)
        #expect(mtls.sources == [.xfcc, .nginx, .clientCert] && mtls.identities == [.email, .subject])
        #expect(mtls.caPEM == Array(Files.text("authority.pem").utf8))
        #expect(mtls.crlPEM == Array(Files.text("revoked.pem").utf8))
        #expect(mtls.roles.map(\.pattern) == [CertificatePattern("*@a.example")])
        #expect(mtls.roles[0].roles == ["agent"] && mtls.roles[0].tenant == "t")
        #expect(mtls.defaultRoles.isEmpty && mtls.subjectPrefix == "m:")
    }

    /// A section `mtls` beside tokens says where the certificate of a bound one is found.
    @Test func certificatesServeTokensToo() throws {
        let jwt = "jwt: {issuer: \"https://a.example\", audience: a}"
        let auth = try load("auth: {mode: jwt, \(jwt), mtls: {sources: [xfcc]}}\n").auth
        #expect(auth.providers == [.jwt] && auth.mtls?.sources == [.xfcc])
        let keys = try load("auth: {api_keys: {env_var: GOOD}, mtls: {sources: [xfcc]}}\n").auth
        #expect(keys.mtls == nil)
    }

    @Test func everyKeyOfThoseAskedArrives() throws {
        let yaml = """
            auth:
              mode: composite
              providers: [api_key, external]
              api_keys: {env_var: GOOD}
              external: {url: "unix:/run/a.sock:/who?x=1", deadline_ms: 1, cache_seconds: 2, negative_cache_seconds: 3,
                         headers: [Cookie, x-b], default_roles: [], subject_prefix: "e:"}
            authorization: {external: "http://localhost:8181/v1/data/a", format: opa, deadline_ms: 4, cache_seconds: 5,
                            on_failure: allow, headers: [X-Team]}
            """
        let settings = try load(yaml)
        #expect(settings.auth.mode == .composite && settings.auth.providers == [.apiKey, .external])
        var external = ExternalSettings(url: "unix:/run/a.sock:/who?x=1")
        external.deadlineMilliseconds = 1
        external.cacheSeconds = 2
        external.negativeCacheSeconds = 3
        external.headers = ["cookie", "x-b"]
        external.defaultRoles = []
        external.subjectPrefix = "e:"
        external.position = SourcePosition(line: 5, column: 13)
        #expect(settings.auth.external == external)
        var authorization = ExternalAuthorizationSettings(url: "http://localhost:8181/v1/data/a")
        authorization.format = .opa
        authorization.deadlineMilliseconds = 4
        authorization.cacheSeconds = 5
        authorization.onFailure = .allow
        authorization.headers = ["x-team"]
        authorization.position = SourcePosition(line: 7, column: 16)
        #expect(settings.authorization == authorization)
    }

    @Test func compositeOfOneIsThatOne() throws {
        let auth = try load("auth: {mode: composite, providers: [api_key], api_keys: {env_var: GOOD}}\n").auth
        #expect(auth.mode == .apiKey && auth.providers == [.apiKey])
    }

    /// Only the names the program was built with, and with no section of their own.
    @Test func authenticatorsCompiledInAreModes() {
        let text = Array("auth: {mode: composite, providers: [api_key, ldap], api_keys: {env_var: GOOD}}\n".utf8)
        let known = SettingsLoader.load(
            text: text, name: "f", environment: Environment.usual, authenticators: ["ldap"], now: Environment.now)
        #expect(known.said == "")
        #expect(known.settings?.auth.providers == [.apiKey, .custom("ldap")])
        let single = SettingsLoader.load(
            text: Array("auth: {mode: ldap}\n".utf8), name: "f", environment: [:], authenticators: ["ldap"])
        #expect(single.settings?.auth.mode == .single(.custom("ldap")))
        let late = Array("auth: {mode: composite, providers: [ldap, api_key], api_keys: {env_var: GOOD}}\n".utf8)
        let order = SettingsLoader.load(
            text: late, name: "f", environment: Environment.usual, authenticators: ["ldap"], now: Environment.now)
        #expect(
            order.said == "1:43: api_key goes before ldap, or every key would be sent to somebody else first")
        let unknown = SettingsLoader.load(text: text, name: "f", environment: Environment.usual, now: Environment.now)
        #expect(
            unknown.said == "1:46: `providers` must be one of api_key, jwt, oauth2, mtls, external, not `ldap`")
    }

    /// Tokens bring permissions that no role grants, so a route that needs one is no mistake.
    @Test func tokensMayGrantWhatNoRoleDoes() {
        let yaml = """
            auth: {mode: jwt, jwt: {issuer: "https://a.example", audience: a}}
            routes: [{path: /a, permissions: [deploy]}]

            """
        let loaded = SettingsLoader.load(text: Array(yaml.utf8), name: "f", environment: [:], now: Environment.now)
        #expect(loaded.said == "")
    }
}
