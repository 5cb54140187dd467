/// The endpoints of an agent that Dockrion serves, with the permissions its documentation names for them.
enum DockrionRoutes {
    /// - Parameter isStrict: whether the pages that tell about the agent need their permission too.
    static func all(isStrict: Bool) -> [RoutePreset] {
        open + (isStrict ? strict : RoutePreset.open("/metrics", "/docs", "/docs/**", "/redoc", "/openapi.json"))
            + invoking
    }

    private static let open = RoutePreset.open("/", "/health", "/ready", "/schema", "/info", "/static/**")

    private static let strict: [RoutePreset] = [
        .guarded("GET", "/metrics", "view_metrics"),
        .guarded("GET", "/docs/**", "read_docs"),
        .guarded("GET", "/redoc", "read_docs"),
        .guarded("GET", "/openapi.json", "read_docs"),
    ]

    /// `{id}` is one segment.
    private static let invoking: [RoutePreset] = [
        .guarded("POST", "/invoke", "invoke"),
        .guarded("POST", "/invoke/stream", "invoke"),
        .guarded("POST", "/runs", "invoke"),
        .guarded("GET DELETE", "/runs/*", "invoke"),
        .guarded("GET", "/runs/*/events", "invoke"),
    ]
}
