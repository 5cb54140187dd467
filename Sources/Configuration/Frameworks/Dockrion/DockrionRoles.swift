/// `auth.roles`: documented for every mode, and read by nobody but Postern.
struct DockrionRoles {
    static let roleKeys = SectionKeys(name: "auth.roles[]", known: ["name", "permissions"])
    /// The only ones Dockrion's schema takes.
    static let permissions = [
        "deploy", "rollback", "invoke", "view_metrics", "key_manage", "read_logs", "read_docs",
    ]

    let reader: FrameworkReader

    init(_ reader: FrameworkReader) { self.reader = reader }

    /// What the file defines; then `default`, which every API key has, with the permissions Dockrion gives to keys;
    /// and, where the file defines none at all, the roles that its limits are for, which tokens bring along.
    func roles(_ auth: Section, mode: String) -> YAMLNode? {
        var nodes: [YAMLNode] = []
        var names: Set<String> = []
        if let node = auth["roles"] {
            guard case .sequence(let items) = node.content else { return node }
            nodes = items.compactMap { role($0, &names) }
        }
        if mode == "api_key", !names.contains("default") {
            let keys = auth["api_keys"]
            let held = keys?["prefix"].map { !$0.isNull } == true ? ["invoke"] : ["invoke", "view_metrics"]
            nodes.append(node("default", held, at: keys?.position ?? auth.position))
            names.insert("default")
        }
        if auth["roles"] == nil, case .mapping(let limits)? = auth["rate_limits"]?.content {
            for limit in limits where names.insert(limit.key).inserted && limit.key != "default" {
                nodes.append(node(limit.key, [], at: limit.keyPosition))
            }
        }
        return nodes.isEmpty ? nil : .list(nodes, at: auth["roles"]?.position ?? auth.position)
    }

    private func role(_ item: YAMLNode, _ names: inout Set<String>) -> YAMLNode? {
        guard let section = reader.section(item, Self.roleKeys) else { return nil }
        if let name = reader.text(section, "name") { names.insert(name) }
        if section["permissions"] == nil {
            reader.problems.error(section.position, "a role needs `permissions`")
        }
        if case .sequence(let items)? = section["permissions"]?.content {
            for item in items { _ = reader.decoder.choice(item, "permissions", among: Self.permissions) }
        }
        var role = NativeSection(at: section.position)
        role.add("name", section["name"], keyAt: section.position(of: "name"))
        role.add("permissions", section["permissions"], keyAt: section.position(of: "permissions"))
        return role.node
    }

    private func node(_ name: String, _ permissions: [String], at position: SourcePosition) -> YAMLNode {
        var role = NativeSection(at: position)
        role.add("name", word: name)
        role.add("permissions", .list(permissions, at: position))
        return role.node
    }
}
