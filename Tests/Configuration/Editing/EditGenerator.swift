/// Writes YAML as people and their tools do: every style, odd quotes, comments with tabs, anchors, and either line end.
///
/// The text is made in three parts, so that a test knows which bytes must not change.
struct EditGenerator {
    private var random: EditRandom
    private let step: Int
    private let lineBreak: String
    private var anchors: [String] = []
    private var comments = 0
    private var names = 0

    struct File {
        var before = ""
        /// Empty where the file has no `auth`.
        var auth = ""
        var after = ""

        var text: String { before + auth + after }
    }

    init(seed: UInt64) {
        random = EditRandom(state: seed)
        step = random.one(of: [2, 2, 3, 4, 8])
        lineBreak = random.one(of: ["\n", "\n", "\r\n"])
    }

    mutating func file() -> File {
        var file = File()
        if random.chance(15) { file.before += "\u{FEFF}" }
        if random.chance(20) { file.before += comment(0) }
        if random.chance(15) { file.before += "---" + trailing() }
        if random.chance(80) { for _ in 0..<random.one(of: [1, 2, 3]) { file.before += section() } }
        if random.chance(75) { file.auth = auth() }
        if random.chance(80) {
            for _ in 0..<random.one(of: [1, 2, 4]) { file.after += section() }
        }
        if file.auth.isEmpty, file.before.isEmpty || file.after.isEmpty { file.after += section() }
        if random.chance(20) { file.after += comment(0) }
        if random.chance(20) { file = open(file) }
        return file
    }

    /// Without the last line break.
    private func open(_ file: File) -> File {
        var file = file
        if !file.after.isEmpty {
            file.after = chopped(file.after)
        } else {
            file.auth = chopped(file.auth)
        }
        return file
    }

    private func chopped(_ text: String) -> String {
        text.hasSuffix(lineBreak) ? String(text.dropLast()) : text
    }

    private mutating func name() -> String {
        names += 1
        return random.one(of: ["key", "über", "a b", "x-y", "0"]) + "\(names)"
    }

    /// A key as it may be spelled.
    private mutating func key(_ name: String) -> String {
        random.one(of: ["\(name)", "\(name)", "'\(name)'", "\"\(name)\""]) + random.one(of: [":", ":", ":", " :"])
    }

    private mutating func comment(_ indent: Int) -> String {
        comments += 1
        let text = random.one(of: ["plain", "auth: {mode: none}", "\ttab\t", "'\"*&!", "- ü"])
        return String(repeating: " ", count: indent) + "#\(text) c\(comments)" + lineBreak
    }

    /// The end of a line: nothing, blanks or a comment.
    private mutating func trailing() -> String {
        switch random.one(of: [0, 0, 0, 1, 2]) {
        case 1: return random.one(of: ["  ", " ", ""]) + lineBreak
        case 2: return random.one(of: [" ", "\t", "   "]) + comment(0)
        default: return lineBreak
        }
    }

    private mutating func scalar() -> String {
        let texts = [
            "plain", "two words", "'single ''quoted'' # no comment'", "\"double \\\"quoted\\\" \\u00e9\"", "0x1F",
            "null",
            "~", "2001-01-01", "https://host:8080/a?b#c", "\"# not a comment\"", "über", "${VAR:-x}", "!!str tagged",
            "\u{1F600}",
        ]
        if random.chance(12) {
            anchors.append("a\(anchors.count)")
            return "&\(anchors[anchors.count - 1]) \(random.one(of: texts.filter { !$0.hasPrefix("!") }))"
        }
        if random.chance(12), let anchor = anchors.randomElement(using: &random) { return "*\(anchor) " }
        return random.one(of: texts)
    }

    private mutating func flow(_ depth: Int) -> String {
        let space = random.one(of: ["", " "])
        let parts = (0..<random.one(of: [0, 1, 3])).map { _ -> String in
            let value =
                depth > 0 && random.chance(30) ? flow(depth - 1) : random.one(of: ["x", "'y: z'", "\"a, b\"", "1"])
            return random.chance(50) ? "\(value)" : "\"k\(random.next() % 1000)\": \(value)"
        }
        let isMap = parts.allSatisfy { $0.hasPrefix("\"k") }
        let body = parts.joined(separator: ",\(space) ")
        return isMap ? "{\(space)\(body)\(space)}" : "[\(space)\(body)\(space)]"
    }

    private mutating func section() -> String {
        var text = random.chance(25) ? lineBreak : ""
        if random.chance(25) { text += comment(0) }
        return text + entry(name(), indent: 0, depth: 2)
    }

    /// `key: value` at a column, of any kind.
    private mutating func entry(_ name: String, indent: Int, depth: Int) -> String {
        let pad = String(repeating: " ", count: indent)
        let start = pad + key(name)
        switch depth > 0 ? Int.random(in: 0..<7, using: &random) : Int.random(in: 0..<3, using: &random) {
        case 0, 1: return start + random.one(of: [" ", "   "]) + scalar() + trailing()
        case 2: return start + " " + flow(1) + trailing()
        case 3:
            let header = random.one(of: ["|", ">", "|-", ">-"])
            let inner = String(repeating: " ", count: indent + step)
            return start + " \(header)\(lineBreak)" + inner + "text # no comment\(lineBreak)" + inner
                + "  auth: x\(lineBreak)"
        case 4:
            let inner = String(repeating: " ", count: indent + random.one(of: [0, step]))
            return start + trailing()
                + (0..<random.one(of: [1, 2])).map { _ in inner + "- " + scalar() + trailing() }.joined()
        default:
            let anchor = random.chance(15) ? " &m\(names)" : ""
            var text = start + anchor + trailing()
            for _ in 0..<random.one(of: [1, 2]) {
                if random.chance(20) { text += comment(indent + step) }
                text += entry(self.name(), indent: indent + step, depth: depth - 1)
            }
            return text
        }
    }

    private mutating func auth() -> String {
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return key("auth") + trailing()
        case 1: return key("auth") + " null" + trailing()
        case 2:
            let mode = random.one(of: ["none", "'none'", "\"none\""])
            return key("auth") + " {mode: \(mode), realm: 'a, b'}" + trailing()
        case 3: return key("auth") + " {}" + trailing()
        default: return blockAuth()
        }
    }

    private mutating func blockAuth() -> String {
        let pad = String(repeating: " ", count: step)
        var text = key("auth") + trailing()
        if random.chance(40) { text += comment(step) }
        let mode = random.one(of: ["none", "'none'", "\"none\"", "api_key"])
        var entries = [pad + key("mode") + " " + mode + trailing()]
        entries.append(entry(name(), indent: step, depth: 1))
        if random.chance(50) {
            var keys = pad + key("api_keys") + trailing()
            keys += pad + pad + key("header") + " " + random.one(of: ["X-Old", "'X-Old'", "\"X-Old\""]) + trailing()
            if random.chance(40) { keys += comment(step * 2) }
            entries.append(keys)
        }
        if random.chance(30) { entries.append(entry(name(), indent: step, depth: 1)) }
        return text + entries.shuffled(using: &random).joined()
    }
}
