import Bytes

@testable import Credentials
@testable import Sidecar

/// Tokens under one shared secret, and the DPoP proofs of one key, as a client of the tests would hold them.
enum TestToken {
    static let secret = "0123456789abcdef0123456789abcdef"
    static let issuer = "https://login.example/"

    /// A good token for these tests' issuer: `more` is claims to the letter, which come first and so win nothing.
    static func made(
        subject: String = "alice", _ more: String = "", issuer: String = issuer, secret: String = secret,
        expiresIn seconds: Int64 = 600
    ) -> String {
        let extra = more.isEmpty ? "" : ",\(more)"
        let end = Clock.wallSeconds() + seconds
        let claims = "{\"iss\":\"\(issuer)\",\"aud\":\"agent\",\"sub\":\"\(subject)\",\"exp\":\(end)\(extra)}"
        let signed = "\(encode(#"{"alg":"HS256"}"#)).\(encode(claims))"
        let code = HMACSHA256(key: [UInt8](secret.utf8).span).code([UInt8](signed.utf8).span)
        return "\(signed).\(code.base64URL)"
    }

    /// The same with a signature that is none.
    static func bad(_ number: Int = 0) -> String { made(subject: "mallory\(number)", secret: secret + "-other") }

    static func bearer(_ token: String) -> String { "Authorization: Bearer \(token)" }

    private static func encode(_ text: String) -> String { Base64URL.encode([UInt8](text.utf8).span) }

    /// `cnf` of a token bound to the key of `proof`.
    static func confirmation() throws -> String {
        let parts = try LibcryptoKey(privatePEM: [UInt8](key.utf8).span).parts()
        return "\"cnf\":{\"jkt\":\"\(parts.thumbprint(SHA256()).base64URL)\"}"
    }

    /// A proof for one use of a token.
    static func proof(
        for token: String, id: String, method: String = "GET", url: String = "https://agent.example/invoke"
    ) throws -> String {
        let key = try LibcryptoKey(privatePEM: [UInt8](key.utf8).span)
        let parts = try key.parts()
        var writer = ByteWriter()
        parts.writeMembers(to: &writer)
        let header = "{\"typ\":\"dpop+jwt\",\"alg\":\"ES256\",\"jwk\":{\(writer.bytes.span.text())}}"
        let hash = SHA256().digest([UInt8](token.utf8).span).base64URL
        let claims =
            "{\"jti\":\"\(id)\",\"htm\":\"\(method)\",\"htu\":\"\(url)\",\"iat\":\(Clock.wallSeconds()),"
            + "\"ath\":\"\(hash)\"}"
        let signed = "\(encode(header)).\(encode(claims))"
        let signature = key.sign([UInt8](signed.utf8).span, .es256, parts) ?? []
        return "DPoP: \(signed).\(Base64URL.encode(signature.span))"
    }

    /// Made for these tests and used nowhere else.
    static let key = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg1tDn/79lD0MSVhyE
        3p5JZQF8oDsKEQLrVLlZQEvlFGahRANCAATV6/bI69umTROa1RZ9YVy+y1ag0Lek
        6ypkY6BgGXSfgSunYPQmR8lMYM9zbbNEVI3IY4CsO4qXvRKZpqBGUT2r
        -----END PRIVATE KEY-----
        """

    /// One issuer with a shared secret; `more` is lines of its section, `auth` and `rest` lines beside it.
    static func yaml(_ more: [String] = [], mode: String = "jwt", auth: [String] = [], rest: String = "") -> String {
        let issuer = ["issuer: \(issuer)", "secret: \(secret)", "audience: agent"] + more
        return """
            trusted_proxies: [loopback]
            auth:
              mode: \(mode)
              public_paths: [/health]
              jwt: {\(issuer.joined(separator: ", "))}
              \((auth + ["realm: postern"]).joined(separator: "\n  "))
              roles: [{name: user, permissions: [invoke]}]
              rate_limits: {user: 3/hour, default: 50/hour}
            routes:
              - {path: /invoke, permissions: [invoke]}
              - {path: /any}
            \(rest)
            """
    }
}
