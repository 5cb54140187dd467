/// A YAML value as it stands in the file, with its place. Nothing is interpreted: `no`, `012` and `1e3` are text.
struct YAMLNode: Sendable {
    enum Content: Sendable {
        /// `isPlain` tells `null` from `"null"`; nothing else depends on quotes.
        case scalar(String, isPlain: Bool)
        case sequence([YAMLNode])
        case mapping([YAMLEntry])
        /// Refused already, as an alias to nothing is; whoever meets it says nothing more.
        case refused
    }

    var content: Content
    var position: SourcePosition

    /// `key:` with nothing behind it, `~` or `null`: YAML's ways to say nothing.
    var isNull: Bool {
        guard case .scalar(let text, isPlain: true) = content else { return false }
        return text.isEmpty || text == "~" || text == "null" || text == "Null" || text == "NULL"
    }

    var isRefused: Bool {
        if case .refused = content { return true }
        return false
    }

    /// The value of a mapping's key; nil where there is none, or no mapping.
    subscript(key: String) -> YAMLNode? {
        guard case .mapping(let entries) = content else { return nil }
        return entries.first { $0.key == key }?.value
    }

    /// For "expected …, not …".
    var kind: String {
        switch content {
        case .scalar: "a single value"
        case .sequence: "a list"
        case .mapping: "a mapping"
        case .refused: "an alias"
        }
    }
}

/// One `key: value` of a mapping.
struct YAMLEntry: Sendable {
    var key: String
    var keyPosition: SourcePosition
    var value: YAMLNode
}
