import Testing

@testable import Configuration

/// `postern convert`: the native file means what the framework's does.
@Suite struct ConfigurationDraftTests {
    static let corpus: [(name: String, text: String)] = [
        ("Dockfile.yaml", FrameworkExample.dockrionHead + "auth: {mode: api_key}\n"),
        (
            "Dockfile.yaml",
            FrameworkExample.dockrionHead + """
                auth:
                  mode: api_key          # keys
                  api_keys: {prefix: TEAM_, header: X-Team-Key, allow_bearer: false}
                  roles:
                    - {name: default, permissions: [invoke, view_metrics]}
                  rate_limits: {default: 1000/hour}
                """
        ),
        (
            "Dockfile.yaml",
            FrameworkExample.dockrionHead + """
                auth:
                  mode: jwt
                  jwt:
                    jwks_url: https://login.example.com/keys
                    issuer: https://login.example.com/
                    audience: agents
                    claims: {user_id: sub, roles: realm.roles}
                  roles: [{name: user, permissions: [invoke]}]
                  rate_limits: {user: 10/m}
                """
        ),
        (
            "Dockfile.yaml",
            FrameworkExample.dockrionHead
                + "auth: {mode: jwt, jwt: {public_key_env: PEM, issuer: i, audience: a, algorithms: [ES256]}}\n"
        ),
        ("Dockfile.yaml", FrameworkExample.dockrionHead + "auth: null\n"),
        (
            "gateway.yaml",
            """
            server: {port: 8000}
            auth:
              mode: api_key
              api_keys:
                - {name: ops, key: "${OPS_KEY}"}
                - name: web
                  key: "${WEB_KEY}"
                  scopes: ["agents:read", "agents:invoke:billing"]
            rate_limit: {enabled: true, default_limit: "10/second;100/minute"}
            cors: {enabled: true, allow_origins: ["*"]}
            """
        ),
        (
            "gateway.yaml",
            """
            auth:
              mode: composite
              api_keys: [{name: ops, key: "${OPS_KEY}"}]
              oauth2: {issuer: "https://login.example.com", audience: gateway, scope_claim: scp}
              public_paths: [/v1/health, /v1/agents]
            """
        ),
        (
            "agentflow.json",
            #"{"agent": "graph.react:app", "auth": "jwt", "rate_limit": {"requests": 5, "by": "user"}}"#
        ),
        (
            "agentflow.json",
            #"{"agent": "a:b", "auth": "jwt", "authorization": {"backend": "rbac", "roles": {"r": ["graph:invoke", "store:read"]}, "default_scopes": ["graph:read"]}, "rate_limit": {"backend": "redis", "redis": {"url": "redis://127.0.0.1:6379/1", "prefix": "agentflow"}}}"#
        ),
        ("postern.yaml", SettingsLoaderTests.full), ("postern.yaml", CredentialExample.yaml),
        ("postern.yaml", LimitExample.yaml),
    ]

    private static let environment = Environment.usual.merging(FrameworkExample.environment) { $1 }

    @Test(arguments: corpus.indices) func meansTheSame(_ index: Int) throws {
        let (name, text) = Self.corpus[index]
        let draft = ConfigurationDraft(text: Array(text.utf8), path: name, environment: Self.environment)
        let said = draft.loaded.said
        let native = try #require(draft.native, "\(said)")
        let written = SettingsLoader.load(
            text: Array(native.utf8), name: "f", environment: Self.environment,
            overrides: SettingsOverrides(format: .native), now: Environment.now)
        let original = SettingsLoader.load(
            text: Array(text.utf8), name: "f", environment: Self.environment, now: Environment.now)
        let settings = try #require(written.settings, "\(written.said)\n\(native)")
        #expect(try outline(settings) == outline(#require(original.settings)), "\(native)")
        let compiled = SnapshotCompiler.compile(settings, file: "f")
        #expect(compiled.snapshot != nil, "\(compiled.problems)")
        #expect(ConfigurationFormat.detect(try NativeTextTests.nodes(native)) == .native)
    }

    @Test func saysWhereEachLineCameFrom() throws {
        let text = FrameworkExample.dockrionHead + "auth:\n  mode: api_key\n  rate_limits:\n    default: 5/m\n"
        let draft = ConfigurationDraft(text: Array(text.utf8), path: "a/Dockfile.yaml", environment: [:])
        let native = try #require(draft.native)
        let lines = native.split(separator: "\n")
        #expect(lines[0] == "# From Dockfile.yaml, by `postern convert`.")
        #expect(lines[1] == "# It needs the variables: DOCKRION_API_KEY")
        #expect(lines.contains { $0.hasPrefix("  mode: api_key ") && $0.hasSuffix(" # Dockfile.yaml:6") })
        #expect(lines.contains { $0.hasPrefix("    default: 5/m ") && $0.hasSuffix(" # Dockfile.yaml:8") })
        #expect(draft.unset == ["DOCKRION_API_KEY"])
        #expect(!native.contains("assumed"))
    }

    @Test func printsNothingOfAFileThatWouldNotStart() {
        let text = FrameworkExample.dockrionHead + "auth: {mode: apikey}\n"
        let draft = ConfigurationDraft(text: Array(text.utf8), path: "Dockfile.yaml", environment: [:])
        #expect(draft.native == nil)
        #expect(draft.loaded.problems.contains { $0.message.contains("did you mean `api_key`?") })
    }

    /// A value that the translation needs is never one that was made up.
    @Test func printsNothingThatWasAssumed() {
        let text =
            "auth: {mode: api_key, api_keys: [{name: a, key: \"${A}\"}]}\n"
            + "rate_limit: {enabled: true, default_limit: \"${RATE}\"}\n"
        let draft = ConfigurationDraft(text: Array(text.utf8), path: "gateway.yaml", environment: [:])
        #expect(draft.native == nil)
        #expect(draft.missing.map(\.message).contains { $0.contains("RATE") })
    }
}
