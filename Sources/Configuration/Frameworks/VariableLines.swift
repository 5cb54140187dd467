/// `KEY=value` lines, as each framework's reader takes them.
struct VariableLines {
    enum Flavor {
        /// Dockrion's own: a pair of quotes around a value is dropped, and nothing else means anything.
        case dockrion
        /// python-dotenv, which AgentFlow uses: `export`, comments behind a blank, escapes in double quotes, and
        /// `${VAR}` outside of single ones. A value over several lines is not supported.
        case python
    }

    let flavor: Flavor
    let environment: [String: String]

    /// - Parameter earlier: variables of earlier files, which `${VAR}` may name.
    func parse(_ text: String, after earlier: [String: String]) -> [String: String] {
        var found: [String: String] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            var rest = SettingsDecoder.trimmed(String(line))
            if flavor == .python, rest.hasPrefix("export ") {
                rest = SettingsDecoder.trimmed(String(rest.dropFirst(7)))
            }
            guard !rest.hasPrefix("#"), let equals = rest.firstIndex(of: "=") else { continue }
            let name = SettingsDecoder.trimmed(String(rest[..<equals]))
            if name.isEmpty { continue }
            let value = SettingsDecoder.trimmed(String(rest[rest.index(after: equals)...]))
            found[name] = flavor == .dockrion ? Self.unquoted(value) : python(value, earlier.merging(found) { $1 })
        }
        return found
    }

    private static func unquoted(_ value: String) -> String {
        for quote in ["\"", "'"] where value.count >= 2 && value.hasPrefix(quote) && value.hasSuffix(quote) {
            return String(value.dropFirst().dropLast())
        }
        return value
    }

    private func python(_ value: String, _ known: [String: String]) -> String {
        if value.hasPrefix("'") { return String(value.dropFirst().prefix { $0 != "'" }) }
        if value.hasPrefix("\"") { return expanded(Self.unescaped(value.dropFirst()), known) }
        var end = value.startIndex
        var previous: Character = " "
        while end < value.endIndex, !(value[end] == "#" && previous.isWhitespace) {
            previous = value[end]
            end = value.index(after: end)
        }
        return expanded(SettingsDecoder.trimmed(String(value[..<end])), known)
    }

    /// Up to the closing quote.
    private static func unescaped(_ text: Substring) -> String {
        let escapes: [Character: Character] = ["n": "\n", "t": "\t", "r": "\r", "\"": "\"", "\\": "\\", "'": "'"]
        var result = ""
        var isEscaped = false
        for character in text {
            if isEscaped {
                result += escapes[character].map { String($0) } ?? "\\\(character)"
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == "\"" {
                break
            } else {
                result.append(character)
            }
        }
        return result
    }

    /// An unset variable is empty; what is no reference stands for itself.
    private func expanded(_ text: String, _ known: [String: String]) -> String {
        guard text.contains("${") else { return text }
        var result = ""
        var rest = text[...]
        while let open = rest.firstRange(of: "${"), let close = rest[open.upperBound...].firstIndex(of: "}") {
            result += rest[..<open.lowerBound]
            let expression = rest[open.upperBound..<close]
            let fallback = expression.firstRange(of: ":-")
            let name = String(expression[..<(fallback?.lowerBound ?? expression.endIndex)])
            result += environment[name] ?? known[name] ?? fallback.map { String(expression[$0.upperBound...]) } ?? ""
            rest = rest[rest.index(after: close)...]
        }
        return result + rest
    }
}
