import Testing

@testable import Configuration

/// What is written, read again.
@Suite struct NativeTextTests {
    static func nodes(_ text: String) throws -> YAMLNode {
        let problems = ProblemList(file: "f")
        let root = YAMLReader.read(Array(text.utf8)[...], problems)
        return try #require(root, "\(problems.sorted())")
    }

    @Test func saysWhereEachLineCameFrom() throws {
        let text = """
            auth:
              # a comment that stays behind
              mode: "api_key"
              api_keys: {header: 'X-Key', keys: [{id: a, key: "${A}", roles: [], scopes: ["*"]}]}

            routes:
              - path: /**
                public: true
            """
        #expect(
            NativeText.text(of: try Self.nodes(text), from: "f") == """
                auth:                                           # f:1
                  mode: api_key                                 # f:3
                  api_keys:                                     # f:4
                    header: X-Key                               # f:4
                    keys:                                       # f:4
                      - {id: a, key: "${A}", roles: [], scopes: ["*"]}  # f:4
                routes:                                         # f:6
                  - {path: "/**", public: true}                 # f:7

                """)
    }

    @Test(arguments: [SettingsLoaderTests.full, CredentialExample.yaml, LimitExample.yaml])
    func meansTheSame(_ text: String) throws {
        let nodes = try Self.nodes(text)
        let written = NativeText.text(of: nodes, from: "f")
        #expect(try Self.nodes(written).isSame(as: nodes))
        #expect(try outline(load(written)) == outline(load(text)))
    }

    /// Keys and values of any characters, at any depth.
    @Test(arguments: 0..<200) func writesAnyNode(_ seed: UInt64) throws {
        var random = EditRandom(state: seed)
        let root = Self.mapping(&random, depth: 4)
        let written = NativeText.text(of: root, from: "a b.yaml")
        #expect(try Self.nodes(written).isSame(as: root), "seed \(seed):\n\(written)")
    }

    private static func mapping(_ random: inout EditRandom, depth: Int) -> YAMLNode {
        let entries = (0..<Int.random(in: 1...4, using: &random)).map { index in
            YAMLEntry(
                key: "\(index)" + word(&random), keyPosition: SourcePosition(line: index + 1, column: 1),
                value: node(&random, depth: depth - 1))
        }
        return YAMLNode(content: .mapping(entries), position: SourcePosition(line: 7, column: 1))
    }

    private static func node(_ random: inout EditRandom, depth: Int) -> YAMLNode {
        let position = random.one(of: [SourcePosition.none, SourcePosition(line: 3, column: 3)])
        switch depth > 0 ? Int.random(in: 0..<5, using: &random) : 0 {
        case 0, 1:
            if random.chance(5) { return YAMLNode(content: .scalar("null", isPlain: true), position: position) }
            return YAMLNode(content: .scalar(word(&random), isPlain: false), position: position)
        case 2:
            let items = (0..<Int.random(in: 0...3, using: &random)).map { _ in node(&random, depth: depth - 1) }
            return YAMLNode(content: .sequence(items), position: position)
        case 3: return YAMLNode(content: .mapping([]), position: position)
        default: return mapping(&random, depth: depth)
        }
    }

    private static func word(_ random: inout EditRandom) -> String {
        let pieces = [
            "a", "Z9", " ", "  ", "#", " #", ": ", ":", "- ", "-", "\"", "'", "\\", "\n", "\t", "\r\n", "{", "}", "[",
            ",",
            "&", "*", "!", "|", ">", "%", "@", "`", "~", "null", "true", "1/hour", "über", "\u{1F600}", "\u{85}",
            "\u{2028}", "\u{FEFF}", "${A}", "---", "...", "?", "=", "<<",
        ]
        return (0..<Int.random(in: 0...4, using: &random)).map { _ in random.one(of: pieces) }.joined()
    }
}

/// Everything that settings hold, but for places; of a secret its bytes.
func outline(_ value: Any) -> String {
    if value is SourcePosition { return "" }
    if let secret = value as? Secret { return "\(secret.bytes)" }
    let mirror = Mirror(reflecting: value)
    if mirror.children.isEmpty { return "\(value)" }
    let parts = mirror.children.map { "\($0.label ?? ""):\(outline($0.value))" }
    let isOrdered = mirror.displayStyle != .set && mirror.displayStyle != .dictionary
    return "(" + (isOrdered ? parts : parts.sorted()).joined(separator: ",") + ")"
}

extension YAMLNode {
    /// Places apart. Quotes only tell null from text.
    func isSame(as other: YAMLNode) -> Bool {
        switch (content, other.content) {
        case (.scalar(let left, _), .scalar(let right, _)):
            isNull == other.isNull && (isNull || Array(left.utf8) == Array(right.utf8))
        case (.sequence(let left), .sequence(let right)):
            left.count == right.count && zip(left, right).allSatisfy { $0.isSame(as: $1) }
        case (.mapping(let left), .mapping(let right)):
            left.count == right.count
                && zip(left, right).allSatisfy { $0.key == $1.key && $0.value.isSame(as: $1.value) }
        default: false
        }
    }
}
