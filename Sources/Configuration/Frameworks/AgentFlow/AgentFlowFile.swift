import Bytes

/// `agentflow.json` of AgentFlow-CLI 0.6.1.
///
/// AgentFlow serves everybody where `auth` is misspelt; here a file without it is an error, and `null` says that
/// everybody is meant. What differs from what it documents or does is in docs/frameworks.md.
struct AgentFlowFile {
    static let rootKeys = SectionKeys(
        name: "",
        known: [
            "agent", "env", "auth", "authorization", "rate_limit", "websocket", "ag_ui", "observability", "injectq",
            "store", "checkpointer", "thread_name_generator", "redis", "remote_tools", "test", "evaluation", "strict",
        ])

    static let socketKeys = SectionKeys(
        name: "websocket", known: ["max_connections", "max_connections_per_user", "realtime_models"])

    let reader: FrameworkReader

    init(_ reader: FrameworkReader) { self.reader = reader }

    func translate(_ root: YAMLNode) -> NativeSection? {
        guard let file = reader.section(root, Self.rootKeys) else { return nil }
        var native = NativeSection(at: root.position)
        native.add("preflight", word: "allow")
        let place = file.position(of: "auth")
        let isNone = root["auth"]?.isNull == true
        let grants = isNone ? AgentFlowGrants.nobody : AgentFlowGrants.read(file, reader)
        if file.holds("auth") {
            var auth = NativeSection(at: root["auth"]?.position ?? place)
            if isNone {
                reader.problems.warning(auth.position, "`auth` is null: everybody may do everything")
                auth.add("mode", word: "none")
            } else if isJWT(file) {
                auth.add("mode", word: "jwt")
                auth.add("jwt", AgentFlowTokens(reader).translate(at: auth.position, grants))
            }
            auth.add("roles", grants.roles)
            auth.add("websocket", webSocket(at: auth.position))
            native.add("auth", auth)
        }
        native.add("routes", routes(file, grants))
        AgentFlowLimits(reader).add(to: &native, from: file, isAnonymous: isNone)
        checkSockets(file)
        return native
    }

    /// AgentFlow takes any word with `jwt` in it.
    private func isJWT(_ file: Section) -> Bool {
        guard let node = file["auth"] else { return false }
        if case .mapping = node.content {
            reader.problems.error(
                node.position,
                "`auth` names a class in the agent's own code, which Postern cannot run; "
                    + "give Postern a copy that says `\"jwt\"`, or its own file")
            return false
        }
        return reader.decoder.choice(node, "auth", among: ["jwt"]) != nil
    }

    /// Where a handshake may carry its token, which a browser can put nowhere else.
    private func webSocket(at position: SourcePosition) -> NativeSection {
        var native = NativeSection(at: position)
        native.add("subprotocol", word: "agentflow-bearer")
        native.add("query_parameter", word: "token")
        return native
    }

    /// A proxy asks when a WebSocket begins and tells nobody when it ends, so open ones cannot be counted here.
    private func checkSockets(_ file: Section) {
        guard let section = reader.section(file["websocket"], Self.socketKeys) else { return }
        for key in ["max_connections", "max_connections_per_user"] where section[key] != nil {
            reader.problems.warning(
                section.position(of: key),
                "`\(key)` is left to the agent: Postern sees handshakes, which `rate_limit` counts, and not their end")
        }
    }

    /// YAML holds JSON, and more than it: what AgentFlow could not read is not read here either.
    static func checkJSON(_ bytes: [UInt8], _ problems: ProblemList) {
        let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        do throws(JSONFault) {
            _ = try JSONParser.parse(text.span)
        } catch {
            // The YAML reader tells of doubled members with both places.
            if error.kind == .duplicateMember, problems.hasErrors { return }
            problems.error(
                YAMLSource.position(of: text.startIndex + error.offset, in: text),
                "not JSON: \(error.kind.rawValue.replacing("_", with: " "))")
        }
    }

    private func routes(_ file: Section, _ grants: AgentFlowGrants) -> YAMLNode {
        let pages = AgentFlowPages(
            environment: reader.environment, isStrict: reader.isStrict(file))
        let excluded = AgentFlowLimits(reader).excludedPaths(file)
        let presets = AgentFlowRoutes.all(pages).map { preset in
            var preset = preset
            if excluded.contains(preset.path) { preset.cost = 0 }
            return preset
        }
        let routes = presets.map { $0.node(at: file.position, grantsAre: grants.key(for: $0.need)) }
        return .list(routes, at: file.position)
    }
}
