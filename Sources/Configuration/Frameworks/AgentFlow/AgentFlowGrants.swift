/// `authorization`: who holds which `resource:action`.
///
/// Only the role-based back end says so in the file; its roles become roles, and its scopes their permissions. With
/// any other, a token's own `scopes` count, and a token without the claim may do everything, as in AgentFlow. Whose
/// thread is whose stays with the agent.
struct AgentFlowGrants {
    static let keys = SectionKeys(
        name: "authorization",
        known: ["backend", "type", "roles", "role_scopes", "default_scopes", "isolation"])
    static let backends = ["rbac", "role_based", "roles"]
    static let names = ["ownership", "allow_all", "default", "none"]

    private enum Kind { case nobody, byScopes, byRoles }

    private let kind: Kind
    let roles: YAMLNode?
    /// What every caller holds, whatever the role.
    private let everyones: Set<String>

    /// Nobody is known, so nothing is asked for.
    static let nobody = AgentFlowGrants(.nobody, roles: nil, everyones: [])

    private init(_ kind: Kind, roles: YAMLNode?, everyones: Set<String>) {
        self.kind = kind
        self.roles = roles
        self.everyones = everyones
    }

    static func read(_ file: Section, _ reader: FrameworkReader) -> AgentFlowGrants {
        let ofTokens = AgentFlowGrants(.byScopes, roles: nil, everyones: [])
        guard let node = file["authorization"] else { return ofTokens }
        guard case .mapping = node.content, let section = reader.section(node, Self.keys) else {
            check(node, reader)
            return ofTokens
        }
        let word = section["backend"] == nil ? "type" : "backend"
        if section[word] == nil {
            reader.problems.error(section.position, "`authorization` needs `backend`")
        } else {
            _ = reader.choice(section, word, among: backends, or: "rbac")
        }
        let table = section["roles"] == nil ? "role_scopes" : "roles"
        let everyones = section["default_scopes"].map { scopes($0, "default_scopes", reader) } ?? []
        return AgentFlowGrants(.byRoles, roles: roles(section[table], table, reader), everyones: everyones)
    }

    var areByRole: Bool { kind == .byRoles }

    /// The native key of a route's grants; nil where a credential is enough.
    func key(for need: RoutePreset.Need) -> String? {
        guard case .grant(let grant) = need else { return nil }
        switch kind {
        case .nobody: return nil
        case .byScopes: return "scopes"
        case .byRoles: return everyones.contains(grant) ? nil : "permissions"
        }
    }

    /// A class of the agent's own is left to the agent.
    private static func check(_ node: YAMLNode, _ reader: FrameworkReader) {
        guard case .scalar(let text, _) = node.content, !text.contains(":") else { return }
        _ = reader.decoder.choice(node, "authorization", among: names)
    }

    private static func roles(_ node: YAMLNode?, _ key: String, _ reader: FrameworkReader) -> YAMLNode? {
        guard let node else { return nil }
        guard case .mapping(let entries) = node.content else {
            reader.problems.error(node.position, "`\(key)` must be a mapping of `role: [scope]`, not \(node.kind)")
            return nil
        }
        let roles = entries.map { entry in
            var role = NativeSection(at: entry.keyPosition)
            role.add("name", word: entry.key)
            role.add("permissions", .list(scopes(entry.value, key, reader).sorted(), at: entry.value.position))
            return role.node
        }
        return roles.isEmpty ? nil : .list(roles, at: node.position)
    }

    /// `*` is every scope there is. One that no endpoint asks for may be a typing error.
    private static func scopes(_ node: YAMLNode, _ key: String, _ reader: FrameworkReader) -> Set<String> {
        guard case .sequence(let items) = node.content else {
            reader.problems.error(node.position, "`\(key)` must hold lists of scopes, not \(node.kind)")
            return []
        }
        var scopes: Set<String> = []
        for item in items {
            guard case .scalar(let scope, _) = item.content else { continue }
            if scope == "*" { return Set(AgentFlowRoutes.scopes) }
            if !AgentFlowRoutes.scopes.contains(scope) {
                let nearest = Spelling.nearest(to: scope, among: AgentFlowRoutes.scopes)
                let advice = nearest.map { "; did you mean `\($0)`?" } ?? ""
                reader.problems.warning(item.position, "no endpoint asks for this scope\(advice)")
            }
            scopes.insert(scope)
        }
        return scopes
    }
}
