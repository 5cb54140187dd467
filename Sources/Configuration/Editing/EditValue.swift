/// What an edit writes, and how it is spelled where it is written.
indirect enum EditValue {
    case text(String)
    /// `null`, `true` or `false`.
    case literal(String)
    case list([EditValue])
    case map([(key: String, value: EditValue)])

    /// The mapping that holds `value` below `path`, or itself.
    static func nested(_ path: ArraySlice<String>, _ value: EditValue) -> EditValue {
        guard let key = path.first else { return value }
        return .map([(key, nested(path.dropFirst(), value))])
    }

    /// In one line. `isJSON` quotes all text, as JSON must.
    func inline(isJSON: Bool) -> String {
        switch self {
        case .text(let text): Self.spelled(text, isFlow: true, isJSON: isJSON)
        case .literal(let word): word
        case .list(let items): "[" + items.map { $0.inline(isJSON: isJSON) }.joined(separator: ", ") + "]"
        case .map(let entries):
            "{"
                + entries.map { Self.entry($0.key, $0.value, isJSON: isJSON) }.joined(separator: ", ") + "}"
        }
    }

    static func entry(_ key: String, _ value: EditValue, isJSON: Bool) -> String {
        "\(spelled(key, isFlow: true, isJSON: isJSON)): \(value.inline(isJSON: isJSON))"
    }

    /// The lines of `key: value` in a block mapping, without indentation of the first; `step` is that of each level.
    static func lines(_ key: String, _ value: EditValue, step: Int) -> [String] {
        let name = spelled(key, isFlow: false, isJSON: false)
        let indent = String(repeating: " ", count: step)
        switch value {
        case .map(let entries) where !entries.isEmpty:
            return ["\(name):"] + entries.flatMap { lines($0.key, $0.value, step: step) }.map { indent + $0 }
        case .list(let items) where items.contains(where: \.isMap):
            return ["\(name):"] + items.flatMap { item(lines: $0, step: step) }.map { indent + $0 }
        case .text(let text): return ["\(name): \(spelled(text, isFlow: false, isJSON: false))"]
        default: return ["\(name): \(value.inline(isJSON: false))"]
        }
    }

    /// The lines of one item of a block list.
    static func item(lines value: EditValue, step: Int) -> [String] {
        guard case .map(let entries) = value else { return ["- \(value.inline(isJSON: false))"] }
        let lines = entries.flatMap { Self.lines($0.key, $0.value, step: step) }
        return lines.enumerated().map { ($0 == 0 ? "- " : "  ") + $1 }
    }

    private var isMap: Bool {
        if case .map = self { return true }
        return false
    }

    /// Without quotes where YAML reads the text as itself, else in double quotes.
    static func spelled(_ text: String, isFlow: Bool, isJSON: Bool) -> String {
        isJSON || !isPlain(text, isFlow: isFlow) ? quoted(text) : text
    }

    /// In double quotes, in what JSON and YAML have in common.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{A0}", "\u{2028}", "\u{2029}", "\u{FEFF}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// Words, names and URLs; strict, since quotes do no harm.
    private static func isPlain(_ text: String, isFlow: Bool) -> Bool {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, (first | 0x20) &- 0x61 < 26 || first == 0x5F || first == 0x2F else {
            return false
        }
        if resolvedWords.contains(text.lowercased()) { return false }
        for (index, byte) in bytes.enumerated() {
            if (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 || "_-./".utf8.contains(byte) { continue }
            // `https://host:8080/`, but not `a: b`, nor anything in a flow collection, where readers differ.
            guard byte == 0x3A, !isFlow, index + 1 < bytes.count else { return false }
        }
        return true
    }

    /// What some reader of YAML takes for something else than text.
    private static let resolvedWords: Set<String> = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"]
}
