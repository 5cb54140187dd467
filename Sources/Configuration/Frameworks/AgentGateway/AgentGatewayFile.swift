/// `gateway.yaml` of Agent Gateway 0.2.13.
///
/// Agent Gateway serves everybody once anything is wrong with its file; nothing of that is taken over. What differs
/// from what it documents or does is in docs/frameworks.md.
struct AgentGatewayFile {
    static let rootKeys = SectionKeys(
        name: "",
        known: [
            "timezone", "server", "model", "guardrails", "auth", "notifications", "persistence", "telemetry", "queue",
            "scheduler", "context_retrieval", "mcp", "memory", "context", "cors", "rate_limit", "security", "proxy",
            "dashboard",
        ])
    static let authKeys = SectionKeys(
        name: "auth", known: ["enabled", "mode", "api_keys", "oauth2", "public_paths", "strict"])
    static let corsKeys = SectionKeys(
        name: "cors",
        known: ["enabled", "allow_origins", "allow_methods", "allow_headers", "allow_credentials", "max_age"])
    static let modes = ["none", "api_key", "oauth2", "composite"]
    /// Where the file names none.
    static let standardPublicPaths = ["/v1/health"]

    let reader: FrameworkReader

    init(_ reader: FrameworkReader) { self.reader = reader }

    func translate(_ root: YAMLNode) -> NativeSection? {
        let overlay = AgentGatewayVariables(problems: reader.problems, environment: reader.environment)
        guard let file = reader.section(overlay.applied(to: root), Self.rootKeys) else { return nil }
        var native = NativeSection(at: root.position)
        native.add("unmatched", word: "authenticated")
        let cors = reader.section(file["cors"], Self.corsKeys)
        if reader.flag(cors, "enabled", or: false) { native.add("preflight", word: "allow") }
        if let auth = reader.section(file["auth"], Self.authKeys) {
            let mode = mode(auth)
            native.add("auth", translate(auth, mode))
            native.add("routes", routes(auth, hasScopes: mode != "none"))
        }
        AgentGatewayLimits(reader).add(to: &native, from: file)
        return native
    }

    /// Nil where the mode is none of them, which has been reported: Agent Gateway lets everybody in then.
    private func mode(_ auth: Section) -> String? {
        if !reader.flag(auth, "enabled", or: true) { return "none" }
        if reader.text(auth, "mode") == "custom" {
            let place = auth["mode"]?.position ?? auth.position
            reader.problems.error(
                place, "`mode: custom` names a provider in the gateway's own code, which Postern cannot run")
            return nil
        }
        return reader.choice(auth, "mode", among: Self.modes, or: "api_key")
    }

    private func translate(_ auth: Section, _ mode: String?) -> NativeSection {
        var native = NativeSection(at: auth.position)
        guard let mode else { return native }
        let place = auth["mode"]?.position ?? auth.position
        let credentials = AgentGatewayCredentials(reader)
        switch mode {
        case "api_key":
            native.add("mode", .word("api_key", at: place))
            native.add("api_keys", credentials.keys(auth))
        case "oauth2":
            native.add("mode", .word("jwt", at: place))
            native.add("jwt", credentials.tokens(auth))
        case "composite":
            native.add("mode", .word("composite", at: place))
            let providers = (auth["api_keys"] == nil ? [] : ["api_key"]) + (auth["oauth2"] == nil ? [] : ["jwt"])
            native.add("providers", .list(providers, at: place))
            if providers.contains("api_key") { native.add("api_keys", credentials.keys(auth)) }
            if providers.contains("jwt") { native.add("jwt", credentials.tokens(auth)) }
        default: native.add("mode", .word("none", at: place))
        }
        native.add("public_paths", publicPaths(auth))
        return native
    }

    /// Compared as they are written: what Postern reads as a pattern is none there, and would open more.
    private func publicPaths(_ auth: Section) -> YAMLNode {
        guard let node = auth["public_paths"] else { return .list(Self.standardPublicPaths, at: auth.position) }
        if case .sequence(let items) = node.content {
            for item in items where reader.decoder.text(item, "public_paths")?.value.contains("*") == true {
                reader.problems.error(
                    item.position, "`public_paths` are compared exactly, so `*` is not a pattern; name each path")
            }
        }
        return node
    }

    private func routes(_ auth: Section, hasScopes: Bool) -> YAMLNode {
        let routes = AgentGatewayRoutes.all(isStrict: reader.isStrict(auth)).map { preset in
            preset.node(at: auth.position, grantsAre: hasScopes ? "scopes" : nil)
        }
        return .list(routes, at: auth.position)
    }
}
