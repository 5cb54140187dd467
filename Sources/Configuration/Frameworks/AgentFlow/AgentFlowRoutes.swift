/// Which of AgentFlow's pages there are, and who may see them.
struct AgentFlowPages {
    /// Of the documentation; nothing in production unless a variable names them.
    let documentation: [String]
    let isProduction: Bool
    /// Whether the documentation needs a credential.
    let isStrict: Bool

    init(environment: [String: String], isStrict: Bool) {
        self.isStrict = isStrict
        isProduction = environment["MODE"]?.lowercased() == "production"
        let variables = [("DOCS_PATH", "/docs"), ("REDOCS_PATH", "/redocs")]
        let isProduction = isProduction
        var paths = variables.compactMap { variable, standard in
            environment[variable] ?? (isProduction ? nil : standard)
        }.filter { $0.hasPrefix("/") && $0.utf8.count > 1 }
        if !paths.isEmpty { paths.append("/openapi.json") }
        documentation = paths
    }
}

/// The endpoints of AgentFlow's server, each with the `resource:action` its `RequirePermission` asks for.
enum AgentFlowRoutes {
    /// All that the server knows; `graph:setup` has no endpoint.
    static let scopes = [
        "graph:invoke", "graph:stream", "graph:stop", "graph:fix", "graph:setup", "graph:read", "checkpointer:read",
        "checkpointer:write", "checkpointer:delete", "store:read", "store:write", "store:delete", "files:read",
        "files:upload", "config:read",
    ]

    static func all(_ pages: AgentFlowPages) -> [RoutePreset] {
        var routes = RoutePreset.open("/ping")
        routes += pages.documentation.map { RoutePreset(path: $0, need: pages.isStrict ? .credential : .nothing) }
        if !pages.isProduction { routes += RoutePreset.open("/v1/evals/runs", "/v1/evals/runs/*") }
        return routes + graph + threads + store + files
    }

    private static let graph: [RoutePreset] = [
        .guarded("POST", "/v1/graph/invoke", "graph:invoke"),
        .guarded("POST", "/v1/graph/stream", "graph:stream"),
        .guarded("POST", "/v1/ag-ui", "graph:stream"),
        .guarded("GET", "/v1/graph/ws", "graph:stream"),
        .guarded("GET", "/v1/graph/live", "graph:stream"),
        .guarded("GET", "/v1/graph", "graph:read"),
        .guarded("GET", "/v1/graph/tools", "graph:read"),
        .guarded("GET", "/v1/graph:StateSchema", "graph:read"),
        .guarded("GET", "/v1/observability/*", "graph:read"),
        .guarded("POST", "/v1/graph/stop", "graph:stop"),
        .guarded("POST", "/v1/graph/fix", "graph:fix"),
    ]

    private static let threads: [RoutePreset] = [
        .guarded("GET", "/v1/threads", "checkpointer:read"),
        .guarded("GET", "/v1/threads/*", "checkpointer:read"),
        .guarded("GET", "/v1/threads/*/state", "checkpointer:read"),
        .guarded("GET", "/v1/threads/*/messages", "checkpointer:read"),
        .guarded("GET", "/v1/threads/*/messages/*", "checkpointer:read"),
        .guarded("PUT", "/v1/threads/*/state", "checkpointer:write"),
        .guarded("POST", "/v1/threads/*/messages", "checkpointer:write"),
        .guarded("DELETE", "/v1/threads/*", "checkpointer:delete"),
        .guarded("DELETE", "/v1/threads/*/state", "checkpointer:delete"),
        .guarded("DELETE", "/v1/threads/*/messages/*", "checkpointer:delete"),
    ]

    /// `POST …/memories/{id}` reads, and comes after the two that are no id.
    private static let store: [RoutePreset] = [
        .guarded("POST", "/v1/store/memories", "store:write"),
        .guarded("POST", "/v1/store/search", "store:read"),
        .guarded("POST", "/v1/store/memories/list", "store:read"),
        .guarded("POST", "/v1/store/memories/forget", "store:delete"),
        .guarded("POST", "/v1/store/memories/*", "store:read"),
        .guarded("PUT", "/v1/store/memories/*", "store:write"),
        .guarded("DELETE", "/v1/store/memories/*", "store:delete"),
    ]

    private static let files: [RoutePreset] = [
        .guarded("POST", "/v1/files/upload", "files:upload"),
        .guarded("GET", "/v1/files/*", "files:read"),
        .guarded("GET", "/v1/files/*/info", "files:read"),
        .guarded("GET", "/v1/files/*/url", "files:read"),
        .guarded("GET", "/v1/config/multimodal", "config:read"),
    ]
}
