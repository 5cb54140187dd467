/// A framework's file in Postern's own words: the nodes of the native file that says the same, each with the place
/// it comes from. `SettingsDecoder` reads them like any other file's, so there is one path from words to Settings.
enum FrameworkFile {
    /// - Parameter folder: of the file, where the framework looks for variables; nil reads no other file.
    /// - Returns: the native root, or nil where the file is none of its kind, which has been reported.
    static func translate(
        _ root: YAMLNode, _ format: ConfigurationFormat, by decoder: SettingsDecoder
    ) -> YAMLNode? {
        let reader = FrameworkReader(decoder)
        var native: NativeSection? =
            switch format {
            case .native: nil
            case .dockrion: DockrionFile(reader).translate(root)
            case .agentGateway: AgentGatewayFile(reader).translate(root)
            case .agentflow: AgentFlowFile(reader).translate(root)
            }
        native?.addResponse(format)
        native?.addRedis(decoder.overrides, decoder.environment)
        return format == .native ? root : native?.node
    }

    /// The variables a framework's own files define, under those of the process: the shell wins, as all three
    /// document. Without a folder no other file is read.
    static func variables(
        _ root: YAMLNode, _ format: ConfigurationFormat, folder: String?, _ problems: ProblemList,
        under environment: [String: String]
    ) -> [String: String] {
        var files = VariableFiles(folder: folder, problems: problems, environment: environment)
        switch format {
        case .native, .agentGateway: break
        case .dockrion: files.readDockrion(root["secrets"])
        case .agentflow: files.readAgentFlow(root["env"])
        }
        return files.merged
    }
}

extension NativeSection {
    /// Clients of a framework parse its bodies.
    fileprivate mutating func addResponse(_ format: ConfigurationFormat) {
        guard ResponseSettings.ErrorFormat(rawValue: format.errors) != nil else { return }
        var response = NativeSection(at: position)
        response.add("errors", word: format.errors)
        add("response", response)
    }

    /// `--redis`, then POSTERN_REDIS_URL, then what the file itself said; without any of them, memory.
    fileprivate mutating func addRedis(_ overrides: SettingsOverrides, _ environment: [String: String]) {
        guard let url = overrides.redis ?? environment["POSTERN_REDIS_URL"], !url.isEmpty else { return }
        var redis = NativeSection(at: .none)
        redis.add("url", word: url)
        replace("redis", redis.node)
    }

    /// The entries of a section that is there already stay, but for those of the new one.
    private mutating func replace(_ key: String, _ value: YAMLNode) {
        guard case .mapping(let new) = value.content else { return }
        var kept: [YAMLEntry] = []
        if let old = entries.first(where: { $0.key == key })?.value, case .mapping(let entries) = old.content {
            kept = entries.filter { entry in !new.contains { $0.key == entry.key } }
        }
        drop(key)
        add(key, YAMLNode(content: .mapping(new + kept), position: value.position))
    }
}
