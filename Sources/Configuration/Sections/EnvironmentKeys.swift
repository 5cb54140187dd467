extension SettingsDecoder {
    /// A shorter prefix catches variables that are no keys.
    private static let minPrefixBytes = 4
    /// What Kubernetes names the variables of a service, with the service's name before it.
    private static let serviceLinkSuffixes = ["_PORT", "_SERVICE_HOST", "_SERVICE_PORT"]

    /// `env_var`: one key, whose id is `default`.
    func variableKey(_ section: Section, _ register: inout KeyRegister) -> [KeySettings] {
        guard let node = section["env_var"], let variable = variableName(node, "env_var") else { return [] }
        guard let value = environment[variable] else {
            problems.error(node.position, "`env_var`: the environment variable \(Self.shown(variable)) is not set")
            return []
        }
        return environmentKey("default", variable, value, at: node.position, &register)
    }

    /// `prefix`: a key for each variable that starts with it; the rest of the variable's name is the key's id.
    func prefixedKeys(_ section: Section, _ register: inout KeyRegister) -> [KeySettings] {
        guard let node = section["prefix"], let prefix = variableName(node, "prefix") else { return [] }
        guard prefix.utf8.count >= Self.minPrefixBytes else {
            problems.error(node.position, "`prefix` must be at least \(Self.minPrefixBytes) characters")
            return []
        }
        let variables = environment.keys.filter { $0.hasPrefix(prefix) }.sorted()
        if variables.isEmpty {
            problems.error(node.position, "`prefix`: no environment variable starts with \(Self.shown(prefix))")
        }
        return variables.flatMap { variable -> [KeySettings] in
            let value = environment[variable] ?? ""
            let id = String(variable.dropFirst(prefix.count))
            if Self.isServiceLink(variable, value) {
                problems.error(
                    node.position,
                    "`prefix` catches \(variable), which looks like a Kubernetes service link; choose another prefix "
                        + "or set `enableServiceLinks: false`")
                return []
            }
            if id.isEmpty {
                problems.error(node.position, "`prefix` catches \(variable), which leaves nothing for the key's id")
                return []
            }
            return environmentKey(id, variable, value, at: node.position, &register)
        }
    }

    private func environmentKey(
        _ id: String, _ variable: String, _ value: String, at position: SourcePosition, _ register: inout KeyRegister
    ) -> [KeySettings] {
        let subject = "the environment variable \(variable)"
        guard let secret = secret(Self.trimmed(value), at: position, subject),
            let material = checked(secret, register, at: position, subject)
        else { return [] }
        let key = KeySettings(id: id, material: material, subject: id, position: position)
        record(key, idAt: position, materialAt: position, &register)
        return [key]
    }

    /// Such as `AGENT_KEY_WEB_PORT_80_TCP_ADDR`, or a value such as `tcp://10.0.0.1:80`.
    private static func isServiceLink(_ variable: String, _ value: String) -> Bool {
        if ["tcp://", "udp://", "sctp://"].contains(where: value.hasPrefix) { return true }
        if serviceLinkSuffixes.contains(where: variable.hasSuffix) { return true }
        let parts = variable.split(separator: "_")
        return zip(parts, parts.dropFirst()).contains { $0 == "PORT" && $1.utf8.allSatisfy { $0 &- 0x30 < 10 } }
    }
}
