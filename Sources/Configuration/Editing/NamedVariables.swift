/// The environment variables a file asks for, where it can be told from the file alone: so that it can be checked on
/// a machine that has none of them.
public struct NamedVariables: Sendable {
    /// Those of `auth`, without which nothing starts.
    public private(set) var ofAuth: Set<String> = []
    private var others: Set<String> = []
    private var prefixes: Set<String> = []

    /// - Parameter text: of which what cannot be read names none; that it cannot is told elsewhere.
    public init(in text: [UInt8]) {
        let unheard = ProblemList(file: "")
        let root = YAMLSource.check(text, unheard).flatMap { YAMLReader.read($0, unheard) }
        guard case .mapping(let entries)? = root?.content else { return }
        for entry in entries {
            let isAuth = entry.key == "auth"
            if isAuth, case .scalar("jwt", _) = entry.value.content { ofAuth = ["JWT_SECRET_KEY", "JWT_ALGORITHM"] }
            collect(entry.value, isAuth: isAuth)
        }
    }

    /// A value for each that `environment` has not, good for a key or a secret.
    public func assumed(beside environment: [String: String]) -> [String: String] {
        var result: [String: String] = [:]
        for name in ofAuth.union(others) where environment[name] == nil { result[name] = Self.value(for: name) }
        for prefix in prefixes where !environment.keys.contains(where: { $0.hasPrefix(prefix) }) {
            result["\(prefix)ASSUMED"] = Self.value(for: prefix)
        }
        return result
    }

    /// Long enough for any digest, and another one for each name.
    private static func value(for name: String) -> String {
        name == "JWT_ALGORITHM" ? "HS256" : "assumed-0123456789-0123456789-0123456789-0123456789-0123456789-\(name)"
    }

    private mutating func collect(_ node: YAMLNode, isAuth: Bool) {
        switch node.content {
        case .refused: return
        case .scalar(let text, _): for name in Self.references(text) { add(name, isAuth: isAuth) }
        case .sequence(let items): for item in items { collect(item, isAuth: isAuth) }
        case .mapping(let entries):
            for entry in entries {
                collect(entry.value, isAuth: isAuth)
                guard case .scalar(let word, _) = entry.value.content, Expansion.isName(word.utf8) else { continue }
                if entry.key == "env_var" || entry.key.hasSuffix("_env") { add(word, isAuth: isAuth) }
                if isAuth, entry.key == "prefix" { prefixes.insert(word) }
            }
        }
    }

    private mutating func add(_ name: String, isAuth: Bool) {
        if isAuth { ofAuth.insert(name) } else { others.insert(name) }
    }

    /// The names in `${NAME}`; one with a default needs no value.
    private static func references(_ text: String) -> [String] {
        text.components(of: "${").dropFirst().compactMap { rest in
            let name = rest.prefix { $0 != "}" }
            return name.endIndex < rest.endIndex && Expansion.isName(name.utf8) ? String(name) : nil
        }
    }
}

extension String {
    /// Foundation has a word for this, and is not imported here.
    fileprivate func components(of separator: String) -> [Substring] {
        var parts: [Substring] = []
        var rest = self[...]
        while let range = rest.firstRange(of: separator) {
            parts.append(rest[..<range.lowerBound])
            rest = rest[range.upperBound...]
        }
        return parts + [rest]
    }
}
