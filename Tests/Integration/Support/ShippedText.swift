/// Reading shipped YAML and configuration as text: enough to hold two files equal, without a parser of our own.
enum ShippedText {
    /// The lines that say something: comments and empty lines dropped, the rest trimmed at the right.
    static func meaning(_ text: String) -> [String] {
        text.split(separator: "\n").map(String.init).filter { line in
            let start = line.drop { $0 == " " || $0 == "\t" }
            return !start.isEmpty && !start.hasPrefix("#")
        }
    }

    /// The lines indented below the first line that ends with `opening`, without the indentation they share.
    static func block(after opening: String, in text: String) throws -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard let start = lines.firstIndex(where: { $0.hasSuffix(opening) }) else {
            throw HarnessFailure("nothing ends with `\(opening)`")
        }
        let outer = lines[start].prefix { $0 == " " }.count
        let block = lines[(start + 1)...].prefix { line in
            line.allSatisfy { $0 == " " } || line.prefix { $0 == " " }.count > outer
        }
        let shared = block.filter { !$0.isEmpty }.map { $0.prefix { $0 == " " }.count }.min() ?? 0
        return block.map { $0.dropFirst(shared) }.joined(separator: "\n") + "\n"
    }

    static func indented(_ text: String, by spaces: Int) -> String {
        let margin = String(repeating: " ", count: spaces)
        return text.split(separator: "\n").map { margin + $0 }.joined(separator: "\n") + "\n"
    }
}
