/// The keys of every section: the grammar of the file on one page. docs/configuration.md has a line for each, and a
/// test holds it to that.
struct SectionKeys {
    /// The section's name in messages and in the reference; empty for the file itself.
    let name: String
    let known: [String]
    /// Words of the design that this version cannot honour: refused as such, not as typing errors.
    var later: [String] = []

    static let file = SectionKeys(
        name: "",
        known: [
            "listen", "admin", "workers", "trusted_proxies", "drain_seconds", "bounds", "auth", "unmatched", "routes",
            "paths", "limits", "memory", "redis", "response", "preflight", "log",
        ], later: ["audit"])
    static let listener = SectionKeys(
        name: "listen[]", known: ["address", "mode", "dialect", "tls", "allowed_peers"])
    static let listenerTLS = SectionKeys(name: "listen[].tls", known: ["certificate", "key", "client_ca"])
    static let admin = SectionKeys(name: "admin", known: ["address"], later: ["control", "token"])
    static let bounds = SectionKeys(
        name: "bounds",
        known: [
            "head_bytes", "headers", "body_bytes", "connections", "head_timeout_seconds", "idle_timeout_seconds",
            "max_cost",
        ])
    static let auth = SectionKeys(
        name: "auth",
        known: [
            "mode", "providers", "public_paths", "api_keys", "roles", "rate_limits", "rate_limit_backend", "realm",
        ], later: ["jwt", "oauth2", "mtls", "external", "on_undecidable"])
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
    static let role = SectionKeys(name: "auth.roles[]", known: ["name", "permissions"])
    static let route = SectionKeys(
        name: "routes[]",
        known: [
            "path", "methods", "permissions", "scopes", "hosts", "cost", "encoded_slashes", "public", "name",
        ])
    static let paths = SectionKeys(
        name: "paths",
        known: ["resolve_dots", "merge_slashes", "path_parameters", "case_insensitive", "strip_prefix"])
    static let limit = SectionKeys(
        name: "limits[]", known: ["name", "per", "rate", "burst", "enforce", "precision", "roles"],
        later: ["window", "max_debt"])
    static let memory = SectionKeys(name: "memory", known: ["max_buckets"])
    static let redis = SectionKeys(
        name: "redis",
        known: [
            "url", "username", "password", "deadline_ms", "on_failure", "replicas", "grace_seconds", "key_prefix",
            "tls",
        ], later: ["cluster", "sentinel", "nodes"])
    static let redisTLS = SectionKeys(name: "redis.tls", known: ["ca", "server_name"])
    static let response = SectionKeys(
        name: "response",
        known: ["errors", "rate_limit_headers", "x_ratelimit_reset", "identity_headers"])
    static let identityHeaders = SectionKeys(
        name: "response.identity_headers", known: ["prefix", "names"])
    static let log = SectionKeys(name: "log", known: ["level", "allowed"])

    static let all: [SectionKeys] = [
        .file, .listener, .listenerTLS, .admin, .bounds, .auth, .apiKeys, .key, .role, .route, .paths, .limit,
        .memory, .redis, .redisTLS, .response, .identityHeaders, .log,
    ]
}
