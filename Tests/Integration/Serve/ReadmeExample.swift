import Foundation

/// One example of the README: a `curl` line and what it prints, or an answer shown without its line.
struct ReadmeExample {
    /// Without `curl -i`; empty for an answer alone.
    var arguments: [String] = []
    var startLine = ""
    /// As shown: `…` stands for anything.
    var headers: [(name: String, value: String)] = []
    /// A lone `…` among the headers: more may follow.
    var isAbridged = false
    var body = ""

    /// All answers of the README's console blocks, in order.
    static func all() throws -> [ReadmeExample] {
        var examples: [ReadmeExample] = []
        for block in try Repository.text("README.md").components(separatedBy: "```console\n").dropFirst() {
            let text = block.components(separatedBy: "```")[0]
            // A command begins an example of its own; an answer without one is the whole block.
            let parts = text.components(separatedBy: "$ curl -i ")
            if parts.count == 1, text.hasPrefix("HTTP/") { examples.append(ReadmeExample(answer: text)) }
            for part in parts.dropFirst() {
                let lines = part.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
                var example = ReadmeExample(answer: lines.count > 1 ? String(lines[1]) : "")
                example.arguments = words(String(lines[0]))
                examples.append(example)
            }
        }
        return examples
    }

    private init(answer: String) {
        for line in answer.split(separator: "\n") {
            if line.hasPrefix("HTTP/") {
                startLine = String(line)
            } else if line == "…" {
                isAbridged = true
            } else if line.hasPrefix("{") || !body.isEmpty {
                body += line.hasPrefix(" ") ? line.dropFirst() : line
            } else if let colon = line.firstRange(of: ": ") {
                headers.append((String(line[..<colon.lowerBound]), String(line[colon.upperBound...])))
            }
        }
    }

    /// A shell's words, as far as single quotes go.
    private static func words(_ line: String) -> [String] {
        line.components(separatedBy: "'").enumerated().flatMap { index, part in
            index % 2 == 1 ? [part] : part.split(separator: " ").map(String.init)
        }
    }

    /// Whether a value is what is shown, `…` being anything. Seconds of waiting may be one less: a clock runs.
    static func matches(_ value: String, _ shown: String) -> Bool {
        // Before a comma of its own an ellipsis has a space.
        let pattern = NSRegularExpression.escapedPattern(for: shown.replacingOccurrences(of: "… ,", with: "…,"))
            .replacingOccurrences(of: "…", with: ".*")
            .replacingOccurrences(of: "\\b12\\b", with: "1[12]", options: .regularExpression)
        return value.range(of: "^\(pattern)$", options: .regularExpression) != nil
    }
}
