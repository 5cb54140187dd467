import Foundation

/// Credentials of every kind, good and bad, as one Postern takes them; and what must never be found of them anywhere.
struct SecretTraffic {
    static let introspectionSecret = "introspection-secret-5ad1"
    static let urlSecret = "url-secret-9e02"
    static let auditKey = "audit-key-77c0-0123456789-0123456789-0123456789"
    static let goodKey = "good-key-2b61-0123456789"
    static let deniedKey = "denied-key-4c11-0123456789"
    static let revokedKey = "revoked-key-8f3a-0123456789"
    static let opaque = "opaque-token-31d7-0123456789"
    static let claim = "claim-secret-6b2e"
    /// Beside every credential, in every request.
    static let bystanders: [HTTPClient.Header] = [
        ("Cookie", "session=cookie-secret-d20f; b=2"), ("Referer", "https://x.test/?t=referer-secret-58aa"),
        ("X-Custom-Token", "header-secret-0c4d"),
    ]
    static let query = "access_token=query-secret-e7f1&x=%71uery-secret-2"
    static let passwords = ["basic-secret-91bb", "host-secret-f00d"]

    let jose: JOSE
    let issuer, client, assertion: JOSE.Key
    /// Whatever of it must not be found: whole credentials, and the parts that would be of use or tell something.
    private(set) var secrets: [String] = [
        introspectionSecret, urlSecret, auditKey, goodKey, deniedKey, revokedKey, opaque, claim,
        "cookie-secret", "referer-secret", "header-secret", "query-secret", "access_token=",
        "unknown-key-c5c5", "unknown-opaque-e1e1", "malformed-secret", "comma-secret",
    ]
    private(set) var credentials: [[HTTPClient.Header]] = []

    init() throws {
        jose = JOSE(scratch: try ScratchFolder())
        (issuer, client, assertion) = (try jose.key(), try jose.key(), try jose.key())
        let stranger = try jose.key()
        let binding: [String: Any] = ["cnf": ["jkt": client.thumbprint]]
        let marked: [String: Any] = ["note": Self.claim]
        let tokens = try jose.tokens(
            [
                JOSE.claims(marked), JOSE.claims(marked.merging(binding) { $1 }),
                JOSE.claims(["note": Self.claim, "exp": 1]),
                JOSE.claims(["note": Self.claim, "aud": "another"]), JOSE.claims(["sub": 7, "note": Self.claim]),
            ], by: issuer)
        let forged = try jose.tokens([JOSE.claims(marked)], by: stranger)[0]
        for token in tokens + [forged] { credentials.append(Crowd.bearer(token)) }
        let url = "https://\(CheckDialect.host)/a"
        let proofs = try jose.proofs(10, "GET", url, token: tokens[1], by: client)
        let bad = try jose.proofs(1, "PUT", url, token: tokens[1], by: client)
        for proof in proofs + bad { credentials.append([("Authorization", "DPoP \(tokens[1])"), ("DPoP", proof)]) }
        note(tokens + [forged] + proofs + bad)
        addOthers()
        for key in [issuer, client, assertion, stranger] {
            secrets += key.privateKey.split(separator: "\n").filter { !$0.hasPrefix("-") }.map(String.init)
        }
    }

    private mutating func addOthers() {
        for key in [Self.goodKey, Self.deniedKey, Self.revokedKey, "unknown-key-c5c5-0123456789"] {
            credentials += [[("X-API-Key", key)], Crowd.bearer(key)]
        }
        credentials += [Crowd.bearer(Self.opaque), Crowd.bearer("unknown-opaque-e1e1-0123456789")]
        credentials.append([("X-API-Key", Self.goodKey), ("X-API-Key", Self.deniedKey)])
        credentials.append([("X-API-Key", Self.goodKey), ("Authorization", "Bearer \(Self.opaque)")])
        credentials.append([("X-API-Key", "\(Self.goodKey),comma-secret")])
        credentials.append([("Authorization", "Bearer \(Self.goodKey) comma-secret")])
        for password in Self.passwords {
            let basic = Data("user:\(password)".utf8).base64EncodedString()
            credentials.append([("Authorization", "Basic \(basic)")])
            secrets += [password, basic]
        }
    }

    /// Tokens and proofs whole, and each of their payloads and signatures.
    private mutating func note(_ tokens: [String]) {
        for token in tokens { secrets += [token] + token.split(separator: ".").dropFirst().map(String.init) }
    }

    /// `introspect` and `authorize` are where somebody else is asked.
    func configuration(redis: Redis, server: AnsweringServer, audit: String) throws -> String {
        let section = try jose.section(issuer, ["dpop: accept", "cache: {negative_seconds: 0}"])
        let assertion = try jose.scratch.write(self.assertion.privateKey, to: "assertion.pem")
        return """
            redis: {url: "\(redis.url)", deadline_ms: 5000}
            auth:
              mode: composite
              providers: [api_key, jwt, oauth2]
              public_paths: [/public]
              failed_credentials: {rate: 100000/minute}
              rate_limit_backend: redis
              rate_limits: {user: 100000/hour, default: 100000/hour}
              api_keys:
                keys:
                  - {id: good, key: \(Self.goodKey), roles: [user]}
                  - {id: denied, key: \(Self.deniedKey)}
                  - {id: revoked, key: \(Self.revokedKey), revoked: true}
              oauth2:
                introspection_url: "\(server.url("/introspect"))?key=\(Self.urlSecret)"
                client_id: postern
                client_secret_env: INTROSPECTION_SECRET
                negative_cache_seconds: 0
                deadline_ms: 3000
            \(section)
              roles: [{name: user, permissions: [invoke]}]
            authorization: {external: "\(server.url("/authorize"))", headers: [x-custom-token], deadline_ms: 3000}
            routes:
              - {path: /invoke, permissions: [invoke]}
              - {path: /a}
            limits: [{name: spender, per: address, rate: 100000/hour}]
            response: {assertion: {key: "file:\(assertion)"}}
            audit: {file: \(audit), allowed: 1, key: "file:\(try jose.scratch.write(Self.auditKey, to: "audit-key"))"}
            log: {level: debug, allowed: true}
            """
    }
}
