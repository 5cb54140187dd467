/// The keys of every section: the grammar of the file on one page. docs/configuration.md has a line for each, and a
/// test holds it to that.
struct SectionKeys {
    /// The section's name in messages and in the reference; empty for the file itself.
    let name: String
    let known: [String]

    static let file = SectionKeys(
        name: "",
        known: [
            "listen", "admin", "workers", "trusted_proxies", "drain_seconds", "bounds", "auth", "authorization",
            "unmatched", "routes", "paths", "limits", "memory", "redis", "reserve_header", "response", "preflight",
            "log",
            "audit",
        ])
    static let listener = SectionKeys(
        name: "listen[]", known: ["address", "mode", "dialect", "tls", "allowed_peers"])
    static let listenerTLS = SectionKeys(name: "listen[].tls", known: ["certificate", "key", "client_ca", "crl"])
    static let admin = SectionKeys(name: "admin", known: ["address", "control", "token"])
    static let bounds = SectionKeys(
        name: "bounds",
        known: [
            "head_bytes", "headers", "body_bytes", "connections", "head_timeout_seconds", "idle_timeout_seconds",
            "max_cost", "cold_checks",
        ])
    static let auth = SectionKeys(
        name: "auth",
        known: [
            "mode", "providers", "public_paths", "api_keys", "jwt", "oauth2", "mtls", "external", "roles",
            "rate_limits", "rate_limit_backend", "realm", "on_undecidable", "failed_credentials", "websocket",
        ])
    static let apiKeys = SectionKeys(
        name: "auth.api_keys",
        known: [
            "env_var", "prefix", "keys", "header", "allow_bearer", "allow_short", "enabled", "rotation_days",
        ])
    static let key = SectionKeys(
        name: "auth.api_keys.keys[]",
        known: [
            "id", "key", "sha256", "roles", "scopes", "tenant", "expires_at", "revoked", "subject", "email", "name",
            "description",
        ])
    private static let issuerKeys = [
        "issuer", "jwks_url", "public_key_env", "public_key_file", "secret", "secret_env", "algorithms", "audience",
        "type", "leeway_seconds", "required_claims", "required_scopes", "claims", "subject_prefix", "default_roles",
        "default_scopes", "scope_wildcard", "ca_file", "cooldown_seconds", "stale_seconds", "deadline_ms", "dpop",
    ]
    static let jwt = SectionKeys(name: "auth.jwt", known: issuerKeys + ["issuers", "merge_subjects", "cache"])
    /// Not in `all`: its keys are those of `auth.jwt`, and have their lines there.
    static let issuer = SectionKeys(name: "auth.jwt.issuers[]", known: issuerKeys)
    static let jwtCache = SectionKeys(name: "auth.jwt.cache", known: ["entries", "negative_seconds"])
    static let claims = SectionKeys(
        name: "claims", known: ["user_id", "email", "name", "roles", "role", "permissions", "scopes", "tenant_id"])
    static let oauth2 = SectionKeys(
        name: "auth.oauth2",
        known: [
            "introspection_url", "client_id", "client_id_env", "client_secret", "client_secret_env",
            "required_scopes", "issuer", "audience", "claims", "cache_seconds", "negative_cache_seconds",
            "deadline_ms", "ca_file", "default_roles", "subject_prefix",
        ])
    static let mtls = SectionKeys(
        name: "auth.mtls",
        known: ["sources", "ca_file", "crl_file", "identity", "roles", "default_roles", "subject_prefix"])
    static let certificateRole = SectionKeys(name: "auth.mtls.roles[]", known: ["pattern", "roles", "tenant"])
    static let external = SectionKeys(
        name: "auth.external",
        known: [
            "url", "format", "deadline_ms", "cache_seconds", "negative_cache_seconds", "headers", "ca_file",
            "default_roles", "subject_prefix",
        ])
    static let failedCredentials = SectionKeys(
        name: "auth.failed_credentials", known: ["rate", "burst", "enabled"])
    static let webSocket = SectionKeys(name: "auth.websocket", known: ["subprotocol", "query_parameter"])
    static let authorization = SectionKeys(
        name: "authorization",
        known: ["external", "format", "deadline_ms", "cache_seconds", "on_failure", "headers", "ca_file"])
    static let role = SectionKeys(name: "auth.roles[]", known: ["name", "permissions"])
    static let route = SectionKeys(
        name: "routes[]",
        known: [
            "path", "methods", "permissions", "scopes", "hosts", "cost", "reserve", "encoded_slashes", "public", "name",
            "scope_segment",
        ])
    static let paths = SectionKeys(
        name: "paths",
        known: ["resolve_dots", "merge_slashes", "path_parameters", "case_insensitive", "strip_prefix"])
    static let limit = SectionKeys(
        name: "limits[]",
        known: [
            "name", "per", "rate", "burst", "enforce", "precision", "roles", "window", "time_zone", "concurrency",
            "lease_seconds", "settle", "on_failure",
        ])
    static let settle = SectionKeys(name: "limits[].settle", known: ["estimate", "expires_seconds", "max_debt"])
    static let memory = SectionKeys(name: "memory", known: ["max_buckets"])
    static let redis = SectionKeys(
        name: "redis",
        known: [
            "url", "cluster", "sentinel", "username", "password", "database", "deadline_ms", "on_failure", "replicas",
            "grace_seconds", "key_prefix", "tls",
        ])
    static let redisTLS = SectionKeys(name: "redis.tls", known: ["ca", "server_name"])
    static let redisCluster = SectionKeys(name: "redis.cluster", known: ["nodes"])
    static let redisSentinel = SectionKeys(
        name: "redis.sentinel", known: ["nodes", "master", "username", "password", "tls"])
    static let redisSentinelTLS = SectionKeys(name: "redis.sentinel.tls", known: ["ca", "server_name"])
    static let response = SectionKeys(
        name: "response",
        known: ["errors", "rate_limit_headers", "x_ratelimit_reset", "identity_headers", "assertion"])
    static let identityHeaders = SectionKeys(
        name: "response.identity_headers", known: ["prefix", "names"])
    static let assertion = SectionKeys(
        name: "response.assertion", known: ["key", "algorithm", "ttl_seconds", "issuer", "audience", "header"])
    static let log = SectionKeys(name: "log", known: ["level", "allowed"])
    static let audit = SectionKeys(name: "audit", known: ["file", "stdout", "allowed", "key", "queue_bytes"])

    static let all: [SectionKeys] = [
        .file, .listener, .listenerTLS, .admin, .bounds, .auth, .apiKeys, .key, .jwt, .jwtCache, .claims, .oauth2,
        .mtls, .certificateRole, .external, .failedCredentials, .webSocket, .authorization, .role, .route, .paths,
        .limit,
        .settle, .memory, .redis, .redisTLS, .redisCluster, .redisSentinel, .redisSentinelTLS, .response,
        .identityHeaders, .assertion, .log, .audit,
    ]
}
