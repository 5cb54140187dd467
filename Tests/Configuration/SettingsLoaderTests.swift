import Bytes
import Domain
import Testing

@testable import Configuration

/// Whole files.
@Suite struct SettingsLoaderTests {
    static let full = #"""
        listen:
          - address: 127.0.0.1:9191
          - {address: "unix:/run/postern/check.sock", mode: "0660", dialect: nginx}
          - {address: "[::]:9193", dialect: envoy, allowed_peers: [10.0.0.0/8, loopback]}
        admin:
          address: 127.0.0.1:9192              # /healthz /readyz /metrics; may be public to probes
        workers: 2                             # event loops
        trusted_proxies: [loopback, 10.0.0.0/8]
        auth:
          mode: api_key
          public_paths: [/health]
          api_keys:
            env_var: AGENT_KEY                 # one key, and
            prefix: AGENT_KEY_                 # AGENT_KEY_PROD → key id PROD, and
            keys:
              - {id: frontend, key: "${FRONTEND_KEY}", roles: [user], scopes: ["*"], expires_at: 2027-01-01T00:00:00Z}
              - id: batch
                sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
                roles: [admin]
                tenant: acme
                revoked: true
            header: X-API-Key
            allow_bearer: true
          roles:
            - {name: admin, permissions: [invoke, view_metrics, deploy]}
            - {name: user, permissions: [invoke]}
          rate_limits: {admin: 5000/hour, user: 100/hour, default: 100/hour}
          rate_limit_backend: redis
        unmatched: deny
        routes:                                # first match wins
          - {path: /invoke, methods: [POST], permissions: [invoke], cost: 1}
          - {path: "/admin/**", permissions: [deploy]}
        limits:                                # beyond the roles' own
          - {name: tenant, per: tenant, rate: 2000/second, burst: 4000, precision: exact}
          - {name: probe, per: address, rate: 10/second, enforce: false}
        redis:
          url: redis://127.0.0.1:6379/0
          deadline_ms: 10
          on_failure: local                    # local | open | closed | defer
          replicas: 1
        response: {errors: problem, rate_limit_headers: [ietf, x-ratelimit]}

        """#

    @Test func theDesignsExampleLoads() throws {
        let settings = try load(
            Self.full,
            [
                "AGENT_KEY": "agent-key-0123456789", "FRONTEND_KEY": "frontend-key-012345",
                "AGENT_KEY_PROD": "agent-key-prod-0123456789",
            ])
        #expect(
            settings.listeners.map(\.endpoint) == [
                .tcp(host: "127.0.0.1", port: 9191), .unix(path: "/run/postern/check.sock"),
                .tcp(host: "::", port: 9193),
            ])
        #expect(settings.listeners[1].socketMode == 0o660 && settings.listeners[1].dialect == .nginx)
        #expect(settings.listeners[2].allowedPeers.count == 3)
        #expect(settings.workers == 2)
        #expect(settings.auth.publicPaths == ["/health"] && settings.unmatched == .deny)
        #expect(settings.routes.map(\.path) == ["/invoke", "/admin/**"] && settings.routes[0].methods == ["POST"])
        #expect(settings.auth.rateLimits.map(\.limitName) == ["role:admin", "role:user", "role:default"])
        #expect(settings.auth.rateLimits[0].quota == Quota(tokens: 5_000, period: 3_600_000_000, burst: 5_000))
        #expect(settings.limits.map(\.quota.burst) == [4_000, 10] && settings.limits.map(\.enforce) == [true, false])
        #expect(settings.redis?.node == .tcp(host: "127.0.0.1", port: 6379) && settings.redis?.onFailure == .local)
        #expect(settings.auth.rateLimitBackend == .redis)
    }

    @Test func keysComeFromTheFileThenTheEnvironment() throws {
        let keys = try load(Self.full).auth.apiKeys.keys
        #expect(keys.map(\.id) == ["frontend", "batch", "default", "DEV", "PROD"])
        #expect(keys.map(\.roles) == [["user"], ["admin"], ["default"], ["default"], ["default"]])
        #expect(keys[0].material == .plain(Secret(Array("frontend-key-0123456789".utf8))))
        #expect(keys[0].expiresAt == 1_798_761_600 && keys[0].scopes == ["*"] && keys[0].subject == "frontend")
        #expect(keys[1].tenant == "acme" && keys[1].revoked)
        guard case .sha256(let digest) = keys[1].material else { throw Unexpected() }
        #expect(digest.words.0 == 0x9f86_d081_884c_7d65 && digest.words.3 == 0xd15d_6c15_b0f0_0a08)
    }

    private struct Unexpected: Error {}

    @Test func theShortestFileHasTheDocumentedDefaults() throws {
        let settings = try load("auth: {mode: none}\n")
        #expect(settings.listeners.map(\.endpoint) == [.tcp(host: "127.0.0.1", port: 9191)])
        #expect(settings.admin == AdminSettings(endpoint: .tcp(host: "127.0.0.1", port: 9192)))
        #expect(settings.workers == 1 && settings.drainSeconds == 10 && settings.maxBuckets == 100_000)
        #expect(settings.trustedProxies == AddressBlock.loopback)
        #expect(settings.bounds == Bounds() && settings.paths == PathSettings() && settings.log == LogSettings())
        #expect(settings.response == ResponseSettings() && settings.preflight == .check)
        #expect(settings.redis == nil && settings.auth.rateLimitBackend == .memory && settings.limits.isEmpty)
        #expect(settings.auth.mode == .none && settings.auth.apiKeys.header == "X-API-Key")
    }

    @Test func routesMakeDenyTheDefault() throws {
        #expect(try load("auth: {mode: none}\n").unmatched == .authenticated)
        #expect(try load("auth: {mode: none}\nroutes: []\n").unmatched == .authenticated)
        #expect(try load("auth: {mode: none}\nroutes: [{path: /a}]\n").unmatched == .deny)
        #expect(
            try load("auth: {mode: none}\nroutes: [{path: /a}]\nunmatched: authenticated\n").unmatched == .authenticated
        )
    }

    @Test func aRedisSectionMakesRedisTheBackend() throws {
        #expect(try load("auth: {mode: none}\nredis: {url: 'redis://a'}\n").auth.rateLimitBackend == .redis)
    }

    @Test func compositeOfAPIKeysAloneIsAPIKeys() throws {
        let yaml = "auth:\n  mode: composite\n  providers: [api_key]\n  api_keys: {env_var: GOOD}\n"
        #expect(try load(yaml).auth.mode == .apiKey)
    }

    @Test func allFaultsAreToldAtOnceInTheOrderOfTheFile() {
        let yaml = """
            workers: 0
            listen: [{address: 0.0.0.0:1}]
            auth:
              mod: api_key
              api_keys:
                keys: [{id: a, key: short}, {id: a, key: "${NOT_SET}"}]
            routes: [{path: x, cost: -1}]
            limits: [{name: "", per: me, rate: often}]
            redis: {url: nowhere}
            responze: {}
            """
        let loaded = SettingsLoader.load(text: Array(yaml.utf8), name: "f", environment: [:])
        #expect(loaded.settings == nil)
        let places = loaded.problems.map { "\($0.line):\($0.column)" }
        #expect(
            places == [
                "1:10", "2:11", "4:3", "6:25", "6:46", "7:17", "7:26", "8:17", "8:26", "8:36", "9:14", "10:1",
            ])
    }

    @Test func aThousandFaultsAreCounted() {
        let yaml = "auth: {mode: none}\nroutes:\n" + String(repeating: "  - {path: x}\n", count: 1_000)
        let loaded = SettingsLoader.load(text: Array(yaml.utf8), name: "f", environment: [:])
        #expect(loaded.settings == nil && loaded.problems.count == 101)
        #expect(loaded.problems.last?.message == "and 900 more errors")
    }

    @Test func warningsDoNotCrowdOutErrors() {
        let many = String(repeating: "  - {path: /a}\n", count: 500)
        let yaml = "auth: {mode: none}\nroutes:\n\(many)  - {path: x}\n"
        let loaded = SettingsLoader.load(text: Array(yaml.utf8), name: "f", environment: [:])
        #expect(loaded.settings == nil && loaded.problems.last?.description == "f:503:12: `path` must start with `/`")
    }

    @Test func aFileThatIsNotThereIsNamed() {
        let loaded = SettingsLoader.load(path: "/nowhere/postern.yaml", environment: [:])
        #expect(loaded.settings == nil)
        #expect(
            loaded.problems.map(\.description) == ["/nowhere/postern.yaml: cannot be read: No such file or directory"])
    }

    @Test func anEndlessFileIsNotRead() {
        let loaded = SettingsLoader.load(path: "/dev/zero", environment: [:])
        #expect(loaded.problems.map(\.description) == ["/dev/zero: is larger than 16777216 bytes"])
    }
}
