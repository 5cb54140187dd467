import Configuration
import Credentials
import Domain
import Testing

@Suite struct AgentGatewayFileTests {
    private static let keys = """
        server: {port: 8000}
        auth:
          mode: api_key
          api_keys:
            - {name: ops, key: "${OPS_KEY}"}
            - {name: web, key: "${WEB_KEY}", scopes: ["agents:read", "agents:invoke:planner"]}

        """

    private func read(
        _ text: String, strict: Bool = false, _ environment: [String: String] = FrameworkExample.environment,
        _ location: SourceLocation = #_sourceLocation
    ) throws -> Settings { try framework(text, strict: strict, environment, location) }

    private func said(_ text: String, _ environment: [String: String] = FrameworkExample.environment) -> String {
        loaded(text, environment).said
    }

    @Test func listedKeysAndTheirScopes() throws {
        let settings = try read(Self.keys)
        #expect(settings.auth.apiKeys.keys.map(\.id) == ["ops", "web"])
        #expect(settings.auth.apiKeys.keys.map(\.scopes) == [["*"], ["agents:read", "agents:invoke:planner"]])
        #expect(settings.auth.publicPaths == ["/v1/health"])
        #expect(settings.unmatched == .authenticated)
        #expect(settings.guards.contains("POST /v1/agents/*/invoke agents:invoke"))
        #expect(settings.routes.first { $0.path == "/v1/agents/*/chat" }?.scopeSegment == 3)
        #expect(settings.guards.contains("POST,DELETE /v1/schedules/** schedules:manage"))
        #expect(settings.routes.first { $0.path == "/v1/schedules/**" }?.encodedSlashes == .separator)
        #expect(settings.openPaths.contains("/metrics"))
        #expect(try !read(Self.keys, strict: true).openPaths.contains("/metrics"))
    }

    @Test func issuersKeysAreWhereTheGatewayLooks() throws {
        let text = """
            auth:
              mode: oauth2
              oauth2: {issuer: "https://id.example.com/", audience: agents, scope_claim: scp, clock_skew_seconds: 10}
            """
        let issuer = try #require(try read("server: {}\n" + text).auth.jwt?.issuers.first)
        #expect(issuer.keys == .jwksURL("https://id.example.com/.well-known/jwks.json"))
        #expect(issuer.issuer == "https://id.example.com/")
        #expect(issuer.audiences == ["agents"])
        #expect(issuer.claims.scopes == "scp")
        #expect(issuer.leewaySeconds == 10)
        #expect(issuer.algorithms.map(\.rawValue) == ["RS256", "ES256"])
        #expect(issuer.defaultRoles.isEmpty)
    }

    @Test func compositeIsWhatItHas() throws {
        let both = try read(
            """
            server: {}
            auth:
              mode: composite
              api_keys: [{name: ops, key: "${OPS_KEY}"}]
              oauth2: {issuer: "https://id.example.com", audience: agents}
            """)
        #expect(both.auth.mode == .composite)
        #expect(both.auth.providers == [.apiKey, .jwt])
        #expect(said("server: {}\nauth: {mode: composite}").contains("`providers` is empty"))
    }

    /// Each of these is served to everybody by the gateway itself.
    @Test(arguments: [
        ("server: {}\n", "`auth` is missing; a gate without credentials says so by `auth: {enabled: false}`"),
        ("server: {}\nauth: {mode: apikey}\n", "did you mean `api_key`?"),
        ("server: {}\nauth: {mode: API_KEY}\n", "did you mean `api_key`?"),
        ("server: {}\nauth: {mode: jwt}\n", "must be one of none, api_key, oauth2, composite"),
        ("server: {}\nauth: {mode: custom}\n", "which Postern cannot run"),
        ("server: {}\nauth: {mode: api_key}\n", "no credentials"),
        ("server: {}\nauth: {mode: oauth2}\n", "`oauth2` is missing"),
        ("server: {}\nauth: {mode: oauth2, oauth2: {issuer: \"https://i\"}}\n", "`oauth2` needs `audience`"),
        ("server: {}\nauth: {api_keys: [{name: a, key: \"${UNSET}\"}]}\n", "UNSET, which is not set"),
        ("server: {}\nauth: {api_keys: [{name: a}]}\n", "a key needs `key` or `sha256`"),
        ("server: {}\nauth: {api_keys: [{name: a, key: [1}]}\n", "not YAML"),
        ("server: {}\nauth: {enabled: maybe}\n", "`enabled` must be true or false"),
        ("server: {}\nauth: {public_paths: [\"/v1/*\"]}\n", "`*` is not a pattern"),
    ])
    func failsClosed(_ text: String, _ message: String) {
        let loaded = loaded(text)
        #expect(loaded.settings == nil)
        #expect(loaded.said.contains(message), "\(loaded.said)")
    }

    @Test func nobodyIsAskedWhereTheFileSaysSo() throws {
        let settings = try read("server: {}\nauth: {enabled: false}\n")
        #expect(settings.auth.mode == .none)
        #expect(settings.guards.allSatisfy { !$0.contains("agents:") })
    }

    @Test func everyRateOfAListIsALimit() throws {
        let settings = try read(
            Self.keys + "rate_limit: {enabled: true, default_limit: \"1/minute;20 per hour, 10/2minute|100/month\"}\n")
        #expect(settings.limits.map(\.name) == ["default", "default-2", "default-3", "default-4"])
        #expect(settings.limits.map(\.quota.burst) == [1, 20, 10, 100])
        #expect(settings.limits[2].quota == Quota(tokens: 10, period: 120_000_000, burst: 10))
        #expect(settings.limits.allSatisfy { $0.per == .address })
        #expect(try read(Self.keys + "rate_limit: {default_limit: 1/minute}\n").limits.isEmpty)
        #expect(try read(Self.keys + "rate_limit: {enabled: true}\n").limits.map(\.quota.burst) == [100])
    }

    @Test func storageIsMemoryUnlessItIsNamed() throws {
        let enabled = Self.keys + "rate_limit: {enabled: true, storage_uri: \"async+redis://r:6379/1\"}\n"
        #expect(try read(enabled).redis?.topology == .node(.tcp(host: "r", port: 6379)))
        #expect(try read(Self.keys).redis == nil)
        #expect(try framework(Self.keys, redis: "redis://elsewhere").redis != nil)
        #expect(said(enabled.replacing("async+redis", with: "memcached")).contains("`storage_uri` must be"))
    }

    @Test func variablesWinAsDocumented() throws {
        var environment = FrameworkExample.environment
        environment["AGENT_GATEWAY_AUTH__API_KEYS"] = "[{\"name\":\"env\",\"key\":\"env-${KEY}-0123456789\"}]"
        environment["AGENT_GATEWAY_RATE_LIMIT__ENABLED"] = "true"
        let settings = try read(Self.keys, environment)
        #expect(settings.auth.apiKeys.keys.map(\.id) == ["env"])
        #expect(settings.auth.apiKeys.keys[0].material == .plain(Secret(Array("env-${KEY}-0123456789".utf8))))
        #expect(settings.limits.count == 1)
        environment["AGENT_GATEWAY_AUTH__API_KEYS"] = "[{"
        #expect(said(Self.keys, environment).contains("is not JSON"))
    }

    @Test func proxiesAndBrowsers() throws {
        let settings = try read(
            Self.keys + "proxy: {trust_forwarded: true, forwarded_allow_ips: \"10.0.0.1, 10.1.0.0/16\"}\n")
        #expect(settings.trustedProxies.count == 4)
        #expect(settings.preflight == .check)
        #expect(try read(Self.keys + "cors: {enabled: true}\n").preflight == .allow)
        let everybody = Self.keys + "proxy: {trust_forwarded: true, forwarded_allow_ips: \"*\"}\n"
        #expect(said(everybody).contains("name your proxies"))
    }
}
