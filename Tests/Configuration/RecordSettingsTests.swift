import Configuration
import Credentials
import Testing

/// `audit`, `response.assertion`, revocation lists of listeners, and what of the new sections stays in memory.
@Suite struct RecordSettingsTests {
    @Test(arguments: [
        ("0", 0), ("1", 1_000_000), ("1.0", 1_000_000), ("0.01", 10_000), ("0.000001", 1), ("'0.5'", 500_000),
    ])
    func share(_ text: String, _ millionths: Int) throws {
        let audit = try load("auth: {mode: none}\naudit: {stdout: true, allowed: \(text)}\n").audit
        #expect(audit?.allowedPerMillion == millionths)
    }

    @Test(arguments: ["1.1", "2", "-0", ".5", "0.", "0.0000001", "1e-3", "00.1", "0,5", "1.000001"])
    func noShare(_ text: String) {
        let yaml = Array("auth: {mode: none}\naudit: {stdout: true, allowed: \"\(text)\"}\n".utf8)
        let loaded = SettingsLoader.load(text: yaml, name: "f", environment: [:])
        #expect(
            loaded.said == "2:32: `allowed` must be a share from 0 to 1 with at most six decimals, as `0.01`")
    }

    @Test func everyKeyOfTheAuditArrives() throws {
        let yaml = """
            auth: {mode: none}
            audit: {file: /var/log/audit.log, allowed: 0.25, key: "${JWT_SECRET}", queue_bytes: 65536}

            """
        let audit = try #require(try load(yaml).audit)
        #expect(audit.destination == .file("/var/log/audit.log") && audit.allowedPerMillion == 250_000)
        #expect(audit.key?.bytes.count == 32 && audit.queueBytes == 65_536)
        let plain = try #require(try load("auth: {mode: none}\naudit: {stdout: true}\n").audit)
        #expect(plain.destination == .standardOutput && plain.key == nil && plain.allowedPerMillion == 0)
    }

    @Test func everyKeyOfTheAssertionArrives() throws {
        let yaml = """
            auth: {mode: none}
            bounds: {cold_checks: 7}
            response:
              identity_headers: {prefix: X-Who-}
              assertion: {key: "file:\(Files.folder)/test-only-private.pem", algorithm: ES256, ttl_seconds: 5,
                          issuer: gate, audience: agent, header: X-Who-Proof}

            """
        let settings = try load(yaml)
        let assertion = try #require(settings.response.assertion)
        #expect(assertion.algorithm == .es256 && assertion.ttlSeconds == 5 && assertion.issuer == "gate")
        #expect(assertion.audience == "agent" && assertion.header == "X-Who-Proof")
        #expect(assertion.key.bytes == Array(Files.text("test-only-private.pem").utf8.dropLast()))
        #expect(settings.bounds.coldChecks == 7)
    }

    @Test func theAssertionsHeaderFollowsThePrefix() throws {
        let yaml = """
            auth: {mode: none}
            response: {identity_headers: {prefix: X-Who-}, assertion: {key: "${PEM_PRIVATE}"}}

            """
        #expect(try load(yaml).response.assertion?.header == "X-Who-Assertion")
    }

    @Test func ourOwnTLSHasItsRevocationList() throws {
        let yaml = """
            listen:
              - address: 127.0.0.1:9191
                tls: {certificate: \(Files.folder)/authority.pem, key: \(Files.folder)/test-only-private.pem,
                      client_ca: \(Files.folder)/authority.pem, crl: \(Files.folder)/revoked.pem}
            auth: {mode: mtls, mtls: {sources: [tls]}}

            """
        #expect(try load(yaml).listeners[0].tls?.crl == "\(Files.folder)/revoked.pem")
    }

    /// Once compiled, secrets are in what was made of them and nowhere else.
    @Test func aSnapshotKeepsNoSecret() throws {
        let yaml = """
            auth:
              mode: composite
              providers: [api_key, jwt, oauth2]
              api_keys: {env_var: GOOD}
              jwt: {secret_env: JWT_SECRET, audience: a}
              oauth2: {introspection_url: "https://a.example", client_id: a, client_secret_env: CLIENT_SECRET}
            audit: {stdout: true, key: "${JWT_SECRET}"}
            response: {assertion: {key: "${PEM_PRIVATE}"}}

            """
        let compiled = SnapshotCompiler.compile(try load(yaml), file: "f")
        let settings = try #require(compiled.snapshot).settings
        let none = Secret([])
        #expect(settings.auth.apiKeys.keys.isEmpty && settings.auth.jwt?.issuers.map(\.keys) == [.secret(none)])
        #expect(settings.auth.oauth2?.clientSecret == none && settings.auth.oauth2?.clientID == "a")
        #expect(settings.audit?.key == nil && settings.response.assertion?.key == none)
    }
}
