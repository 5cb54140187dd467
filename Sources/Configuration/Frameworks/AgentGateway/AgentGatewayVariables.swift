/// `AGENT_GATEWAY_AUTH__MODE=oauth2`: what variables say in place of the file, as documented. In Agent Gateway itself
/// the file wins.
struct AgentGatewayVariables {
    private static let prefix = "AGENT_GATEWAY_"
    private static let sections: Set<String> = ["auth", "rate_limit", "cors", "proxy"]

    let problems: ProblemList
    let environment: [String: String]

    /// A part of a section wins over the whole section, and so comes later.
    func applied(to root: YAMLNode) -> YAMLNode {
        var root = root
        let named = environment.compactMap { name, value -> (path: [String], name: String, value: String)? in
            guard name.uppercased().hasPrefix(Self.prefix) else { return nil }
            let path = Self.path(name.lowercased().dropFirst(Self.prefix.utf8.count))
            return path.first.map(Self.sections.contains) == true ? (path, name, value) : nil
        }
        for entry in named.sorted(by: { ($0.path.count, $0.name) < ($1.path.count, $1.name) }) {
            guard let value = node(entry.value, entry.name) else { continue }
            root.set(value, at: entry.path[...])
        }
        return root
    }

    private static func path(_ name: Substring) -> [String] {
        name.split(separator: "__", omittingEmptySubsequences: false).map(String.init)
    }

    /// JSON where it looks like it, else text. Neither is expanded.
    private func node(_ value: String, _ name: String) -> YAMLNode? {
        let text = SettingsDecoder.trimmed(value)
        guard text.hasPrefix("{") || text.hasPrefix("[") else { return .word(value, at: .none) }
        let quiet = ProblemList(file: name)
        guard let node = YAMLReader.read(Array(text.utf8)[...], quiet), !quiet.hasErrors else {
            problems.error(.none, "the environment variable \(SettingsDecoder.shown(name)) is not JSON")
            return nil
        }
        return node.literal
    }
}

extension YAMLNode {
    /// Places of another text mean nothing here, and its `${` stands for itself.
    fileprivate var literal: YAMLNode {
        let content: Content =
            switch content {
            case .scalar(let text, isPlain: true): .scalar(text.replacing("${", with: "$${"), isPlain: true)
            case .scalar(let text, isPlain: false): .scalar(text.replacing("${", with: "$${"), isPlain: false)
            case .sequence(let items): .sequence(items.map(\.literal))
            case .mapping(let entries):
                .mapping(entries.map { YAMLEntry(key: $0.key, keyPosition: .none, value: $0.value.literal) })
            case .refused: .refused
            }
        return YAMLNode(content: content, position: .none)
    }

    /// What is there under the path is replaced, what is not is made.
    fileprivate mutating func set(_ value: YAMLNode, at path: ArraySlice<String>) {
        guard let key = path.first else { return self = value }
        var entries: [YAMLEntry] = []
        if case .mapping(let old) = content { entries = old }
        if let index = entries.firstIndex(where: { $0.key == key }) {
            entries[index].value.set(value, at: path.dropFirst())
        } else {
            var child = YAMLNode(content: .mapping([]), position: position)
            child.set(value, at: path.dropFirst())
            entries.append(YAMLEntry(key: key, keyPosition: .none, value: child))
        }
        content = .mapping(entries)
    }
}
