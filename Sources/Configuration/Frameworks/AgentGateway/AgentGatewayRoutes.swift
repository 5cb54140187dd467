/// The endpoints of Agent Gateway, with the scopes its own `RequireScope` asks for.
///
/// What is not among them needs a credential, as documented; Agent Gateway itself asks for one below `/v1/` only.
enum AgentGatewayRoutes {
    /// The dashboard has a login of its own.
    static func all(isStrict: Bool) -> [RoutePreset] {
        RoutePreset.open("/dashboard/**")
            + (isStrict ? [] : RoutePreset.open("/metrics", "/docs/**", "/redoc", "/openapi.json"))
            + agents + sessions + executions + schedules + administration
    }

    private static let agents: [RoutePreset] = [
        .guarded("GET", "/v1/agents", "agents:read"),
        .guarded("GET", "/v1/agents/*", "agents:read"),
        .guarded("GET", "/v1/agents/*/setup-schema", "agents:read"),
        .guarded("GET", "/v1/skills/**", "agents:read"),
        .guarded("GET", "/v1/tools/**", "agents:read"),
        invoking("/v1/agents/*/invoke"),
        invoking("/v1/agents/*/chat"),
        .guarded("GET POST DELETE", "/v1/agents/*/config", "agents:configure"),
        .guarded("POST", "/v1/agents/*/memory/compact", "agents:manage"),
    ]

    private static let sessions: [RoutePreset] = [
        .guarded("GET", "/v1/sessions", "sessions:read"),
        .guarded("GET", "/v1/sessions/*", "sessions:read"),
        .guarded("DELETE", "/v1/sessions/*", "sessions:manage"),
        .guarded("GET", "/v1/users/me/conversations", "sessions:read"),
        .guarded("GET", "/v1/users/me/conversations/*", "sessions:read"),
        .guarded("GET", "/v1/users/me/conversations/*/messages", "sessions:read"),
    ]

    private static let executions: [RoutePreset] = [
        .guarded("GET", "/v1/executions", "executions:read"),
        .guarded("GET", "/v1/executions/*", "executions:read"),
        .guarded("GET", "/v1/executions/*/workflow", "executions:read"),
        .guarded("POST", "/v1/executions/*/cancel", "executions:cancel"),
    ]

    /// A schedule's id may hold slashes, also escaped: the gateway reads both alike.
    private static let schedules: [RoutePreset] = [
        slashed("GET", "schedules:read"),
        slashed("POST DELETE", "schedules:manage"),
    ]

    private static let administration: [RoutePreset] = [
        .guarded("GET", "/v1/notifications", "notifications:read"),
        .guarded("POST", "/v1/reload", "admin"),
        .guarded("GET POST", "/v1/admin/mcp-servers", "admin:*"),
        .guarded("GET PUT DELETE POST", "/v1/admin/mcp-servers/**", "admin:*"),
    ]

    /// `agents:invoke:<id>` is as good as `agents:invoke`, for this agent.
    private static func invoking(_ path: String) -> RoutePreset {
        var preset = RoutePreset.guarded("POST", path, "agents:invoke")
        preset.scopeSegment = 3
        return preset
    }

    private static func slashed(_ methods: String, _ scope: String) -> RoutePreset {
        var preset = RoutePreset.guarded(methods, "/v1/schedules/**", scope)
        preset.separatesEncodedSlashes = true
        return preset
    }
}
