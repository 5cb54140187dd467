import Configuration
import Credentials
import Domain
import Testing

@Suite struct AgentFlowFileTests {
    private func file(_ members: String) -> String { "{\"agent\": \"graph.react:app\", \(members)}\n" }

    private func read(
        _ members: String, strict: Bool = false, _ environment: [String: String] = FrameworkExample.environment,
        _ location: SourceLocation = #_sourceLocation
    ) throws -> Settings { try framework(file(members), strict: strict, environment, location) }

    private func said(_ members: String, _ environment: [String: String] = FrameworkExample.environment) -> String {
        loaded(file(members), environment).said
    }

    @Test func oneSecretOneAlgorithm() throws {
        let issuer = try #require(try read("\"auth\": \"jwt\"").auth.jwt?.issuers.first)
        #expect(issuer.keys == .secret(Secret(Array("0123456789abcdef0123456789abcdef".utf8))))
        #expect(issuer.algorithms.map(\.rawValue) == ["HS256"])
        #expect(issuer.claims.userID == "user_id")
        #expect(issuer.claims.scopes == "scopes")
        #expect(issuer.leewaySeconds == 0)
        #expect(issuer.defaultScopes == ["*"])
        #expect(issuer.issuer == nil)
        var environment = FrameworkExample.environment
        environment["JWT_ISSUER"] = "me"
        environment["JWT_AUDIENCE"] = "you"
        let named = try #require(try read("\"auth\": \"jwt\"", environment).auth.jwt?.issuers.first)
        #expect(named.issuer == "me")
        #expect(named.audiences == ["you"])
    }

    @Test func aPublicKeyMayStandWhereTheSecretDoes() throws {
        var environment = FrameworkExample.environment
        environment["JWT_SECRET_KEY"] = Files.text("public-ec.pem")
        environment["JWT_ALGORITHM"] = "ES256"
        let issuer = try #require(try read("\"auth\": \"jwt\"", environment).auth.jwt?.issuers.first)
        guard case .pem = issuer.keys else { return #expect(Bool(false), "\(issuer.keys)") }
    }

    @Test func endpointsAskForTheirScopes() throws {
        let settings = try read("\"auth\": \"jwt\"")
        for guarded in [
            "POST /v1/graph/invoke graph:invoke", "GET /v1/graph:StateSchema graph:read",
            "POST /v1/store/memories/* store:read", "POST /v1/store/memories/forget store:delete",
            "GET /v1/graph/ws graph:stream",
        ] {
            #expect(settings.guards.contains(guarded))
        }
        let posts = settings.guards.filter { $0.hasPrefix("POST /v1/store/memories/") }
        #expect(posts.last == "POST /v1/store/memories/* store:read")
        #expect(
            settings.openPaths == ["/ping", "/docs", "/redocs", "/openapi.json", "/v1/evals/runs", "/v1/evals/runs/*"])
        #expect(try read("\"auth\": \"jwt\"", strict: true).guards.contains("* /docs"))
        #expect(try read("\"auth\": \"jwt\", \"strict\": true").guards.contains("* /docs"))
        var environment = FrameworkExample.environment
        environment["MODE"] = "production"
        #expect(try read("\"auth\": \"jwt\"", environment).openPaths == ["/ping"])
    }

    @Test func rolesAreRealPolicy() throws {
        let settings = try read(
            """
            "auth": "jwt", "authorization": {"backend": "rbac", "default_scopes": ["graph:read"],
             "roles": {"admin": ["*"], "user": ["graph:invoke", "graph:invok"]}}
            """)
        #expect(settings.auth.roles.map(\.name) == ["admin", "user"])
        #expect(settings.auth.roles[0].permissions.count == 15)
        #expect(settings.guards.contains("POST /v1/graph/invoke graph:invoke"))
        #expect(settings.guards.contains("GET /v1/graph"))
        #expect(settings.routes.allSatisfy { $0.scopes.isEmpty })
        #expect(settings.auth.jwt?.issuers[0].defaultScopes == [])
        #expect(
            said(
                "\"auth\": \"jwt\", \"authorization\": {\"backend\": \"rbac\", "
                    + "\"roles\": {\"user\": [\"graph:invok\"]}}"
            )
            .contains("no endpoint asks for this scope; did you mean `graph:invoke`?"))
    }

    @Test(arguments: [
        ("\"authh\": \"jwt\"", "`auth` is missing; a gate without credentials says so by `\"auth\": null`"),
        ("\"authh\": \"jwt\"", "warning: unknown key `authh`, which has no effect; did you mean `auth`?"),
        ("\"auth\": \"notjwt\"", "`auth` must be one of jwt"),
        ("\"auth\": \"none\"", "`auth` must be one of jwt"),
        ("\"auth\": {\"method\": \"custom\", \"path\": \"a:B\"}", "which Postern cannot run"),
        ("\"auth\": \"jwt\", \"authorization\": \"owner\"", "`authorization` must be one of ownership"),
        ("\"auth\": \"jwt\", \"authorization\": {\"backend\": \"rbacc\"}", "did you mean `rbac`?"),
        ("\"auth\": \"jwt\", \"rate_limit\": {\"requests\": \"100/hour\"}", "`requests` must be a whole number"),
        ("\"auth\": \"jwt\", \"rate_limit\": {\"by\": \"key\"}", "`by` must be one of ip, user, global"),
        ("\"auth\": \"jwt\", \"rate_limit\": {\"trusted_proxy_hops\": 0}", "`trusted_proxy_hops` must be a whole"),
        ("\"auth\": \"jwt\", \"rate_limit\": {\"backend\": \"redis\"}", "needs `redis` with its `url`"),
        ("\"auth\": \"jwt\", \"auth\": null", "is here twice"),
        ("\"auth\": \"jwt\",", "not JSON"),
        ("\"auth\": 'jwt'", "not JSON"),
        ("\"auth\": \"jwt\" # or not\n", "not JSON"),
    ])
    func failsClosed(_ members: String, _ message: String) {
        let loaded = loaded(file(members))
        #expect(loaded.settings == nil)
        #expect(loaded.said.contains(message), "\(loaded.said)")
    }

    /// What the agent goes on doing itself, or has to be said otherwise.
    @Test(arguments: [
        ("\"rate_limit\": {\"trusted_proxy_headers\": true, \"trusted_proxy_hops\": 3}", "of all 3 proxies", true),
        ("\"rate_limit\": {\"trusted_proxy_headers\": true, \"trusted_proxy_hops\": 1}", "trusted_proxy_hops", false),
        ("\"rate_limit\": {\"trusted_proxy_hops\": 3}", "trusted_proxy_hops", false),
        ("\"websocket\": {\"max_connections\": 100}", "`max_connections` is left to the agent", true),
        ("\"websocket\": {\"max_connections_per_user\": 2}", "`max_connections_per_user` is left to the", true),
        ("\"websocket\": {\"max_connections\": null, \"realtime_models\": []}", "left to the agent", false),
        ("\"websocket\": {\"max_conections\": 1}", "did you mean `max_connections`?", true),
    ])
    func warns(_ members: String, _ message: String, _ isSaid: Bool) {
        let loaded = loaded(file("\"auth\": \"jwt\", \(members)"))
        #expect(loaded.settings != nil, "\(loaded.said)")
        #expect(loaded.said.contains(message) == isSaid, "\(loaded.said)")
    }

    @Test func secretsOfTheEnvironment() {
        #expect(said("\"auth\": \"jwt\"", ["JWT_ALGORITHM": "HS256"]).contains("JWT_SECRET_KEY is not set"))
        #expect(
            said("\"auth\": \"jwt\"", ["JWT_SECRET_KEY": "x"]).contains("needs the environment variable JWT_ALGORITHM"))
        #expect(
            said("\"auth\": \"jwt\"", ["JWT_SECRET_KEY": "short", "JWT_ALGORITHM": "HS256"]).contains(
                "shorter than 32 bytes"))
    }

    @Test func nobodyIsAskedWhereTheFileSaysSo() throws {
        let settings = try read("\"auth\": null, \"rate_limit\": {\"by\": \"user\"}")
        #expect(settings.auth.mode == .none)
        #expect(settings.limits.map(\.per) == [.address])
    }

    @Test func anEmptyLimitIsOn() throws {
        let limit = try #require(try read("\"auth\": \"jwt\", \"rate_limit\": {}").limits.first)
        #expect(limit.quota == Quota(tokens: 100, period: 60_000_000, burst: 100))
        #expect(limit.per == .address)
        #expect(try read("\"auth\": \"jwt\", \"rate_limit\": {\"enabled\": false}").limits.isEmpty)
        #expect(try read("\"auth\": \"jwt\"").limits.isEmpty)
    }

    @Test func redisAndWhatIsNotCounted() throws {
        var environment = FrameworkExample.environment
        environment["HOST"] = "r"
        let settings = try read(
            """
            "auth": "jwt", "rate_limit": {"by": "user", "requests": 5, "window": 10, "backend": "redis",
              "redis": {"url": "redis://$HOST:6379/2", "prefix": "af:x"}, "fail_open": false,
              "trusted_proxy_headers": true, "trusted_proxies": ["10.0.0.0/8"], "exclude_paths": ["/v1/graph"]}
            """, environment)
        #expect(settings.redis?.topology == .node(.tcp(host: "r", port: 6379)))
        #expect(settings.redis?.database == 2)
        #expect(settings.redis?.onFailure == .closed)
        #expect(settings.redis?.keyPrefix == "af:x")
        #expect(settings.limits.map(\.per) == [.subject])
        #expect(settings.limits[0].quota == Quota(tokens: 5, period: 10_000_000, burst: 5))
        #expect(settings.trustedProxies.count == 3)
        #expect(settings.routes.filter { $0.cost == 0 }.map(\.path) == ["/ping", "/v1/graph"])
    }
}
