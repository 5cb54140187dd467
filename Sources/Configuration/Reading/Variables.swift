// Values behind a variable that the file names: `secret_env: JWT_SECRET`. The words are those of agent frameworks.

extension SettingsDecoder {
    /// What the variable under `key` holds, without the blanks around it. Unset or empty has been reported.
    func variable(_ section: Section, _ key: String) -> (value: String, position: SourcePosition)? {
        guard let node = section[key], let variable = variableName(node, key) else { return nil }
        guard let value = environment[variable] else {
            problems.error(node.position, "`\(key)`: the environment variable \(Self.shown(variable)) is not set")
            return nil
        }
        let trimmed = Self.trimmed(value)
        if trimmed.isEmpty {
            problems.error(node.position, "`\(key)`: the environment variable \(Self.shown(variable)) is empty")
            return nil
        }
        return (trimmed, node.position)
    }

    /// A secret under `key`, or in the variable that `<key>_env` names. Both is an error.
    func secretOrVariable(_ section: Section, _ key: String) -> Secret? {
        if refusesBoth(section, key) { return nil }
        if let node = section[key] { return secret(node, key) }
        return variable(section, "\(key)_env").flatMap {
            secret($0.value, at: $0.position, "the value of `\(key)_env`")
        }
    }

    /// The same for what is no secret.
    func nameOrVariable(_ section: Section, _ key: String, atMost limit: Int) -> String? {
        if refusesBoth(section, key) { return nil }
        if let node = section[key] { return name(node, key, atMost: limit)?.value }
        guard let found = variable(section, "\(key)_env") else { return nil }
        if found.value.utf8.count <= limit, found.value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) {
            return found.value
        }
        problems.error(
            found.position, "the value of `\(key)_env` is longer than \(limit) bytes or holds a control character")
        return nil
    }

    private func refusesBoth(_ section: Section, _ key: String) -> Bool {
        guard section.holds(key), section.holds("\(key)_env") else { return false }
        problems.error(section.position(of: "\(key)_env"), "`\(key)` is there too; keep one")
        return true
    }

    /// Spaces and newlines around a variable's value are dropped, as frameworks do with theirs.
    static func trimmed(_ value: String) -> String {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\n" || $0 == "\r\n" || $0 == "\t" }
        let start = value.drop(while: isBlank)
        return start.lastIndex { !isBlank($0) }.map { String(start[...$0]) } ?? ""
    }

    /// Many a key has been written where its variable's name belongs, and most keys have small letters.
    static func shown(_ variable: String) -> String {
        variable.utf8.contains { $0 &- 0x61 < 26 } ? "of this name" : variable
    }

    func variableName(_ node: YAMLNode, _ key: String) -> String? {
        guard let text = name(node, key, atMost: 256)?.value else { return nil }
        if Expansion.isName(text.utf8) { return text }
        problems.error(node.position, "`\(key)` must be the name of an environment variable, without `$`")
        return nil
    }
}
