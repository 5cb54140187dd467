/// Whose words a configuration file is written in.
public enum ConfigurationFormat: String, CaseIterable, Sendable {
    /// Postern's own, of docs/configuration.md.
    case native
    /// `Dockfile.yaml` of Dockrion 0.0.3.
    case dockrion
    /// `gateway.yaml` of Agent Gateway 0.2.13.
    case agentGateway = "agent-gateway"
    /// `agentflow.json` of AgentFlow-CLI 0.6.1.
    case agentflow

    /// Whose files these are, for people; nil for Postern's own.
    public var framework: String? {
        switch self {
        case .native: nil
        case .dockrion: "Dockrion"
        case .agentGateway: "Agent Gateway"
        case .agentflow: "AgentFlow"
        }
    }

    /// The kind of file a root looks like: the one most of its keys belong to and to nobody else. A tie, and a file
    /// that says nothing, is native, where an unknown key is an error.
    static func detect(_ root: YAMLNode) -> ConfigurationFormat {
        guard case .mapping(let entries) = root.content else { return .native }
        let known = allCases.map { format in (format, Set(format.rootKeys)) }
        var scores: [ConfigurationFormat: Int] = [:]
        for entry in entries {
            let owners = known.filter { $0.1.contains(entry.key) }.map(\.0)
            if owners.count == 1 { scores[owners[0], default: 0] += 1 }
        }
        for format in shapes(root) { scores[format, default: 0] += 1 }
        let best = scores.values.max() ?? 0
        let leaders = scores.filter { $0.value == best }.keys
        return leaders.count == 1 ? leaders.first ?? .native : .native
    }

    private var rootKeys: [String] {
        switch self {
        case .native: SectionKeys.file.known
        case .dockrion: DockrionFile.rootKeys.known
        case .agentGateway: AgentGatewayFile.rootKeys.known
        case .agentflow: AgentFlowFile.rootKeys.known
        }
    }

    /// What the values of keys that several kinds share tell apart.
    private static func shapes(_ root: YAMLNode) -> [ConfigurationFormat] {
        var found: [ConfigurationFormat] = []
        switch root["agent"]?.content {
        case .scalar: found.append(.agentflow)
        case .mapping: found.append(.dockrion)
        default: break
        }
        guard let auth = root["auth"] else { return found }
        if case .scalar = auth.content, !auth.isNull { found.append(.agentflow) }
        if auth["method"] != nil, auth["path"] != nil { found.append(.agentflow) }
        if case .sequence? = auth["api_keys"]?.content { found.append(.agentGateway) }
        if auth["enabled"] != nil || auth["oauth2"]?["jwks_uri"] != nil || auth["oauth2"]?["scope_claim"] != nil {
            found.append(.agentGateway)
        }
        return found
    }

    /// The word of `response.errors` for the bodies that clients of this framework parse.
    var errors: String {
        self == .agentGateway ? "agent_gateway" : rawValue
    }
}
