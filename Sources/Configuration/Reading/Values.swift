import Bytes

// Readers of single values. Quotes make no difference: `"8"` is a number where one is wanted, so that `"${WORKERS}"`
// can be; and `no` is text where text is wanted.

extension SettingsDecoder {
    /// A whole number within `range`, or `fallback`.
    func integer(_ section: Section, _ key: String, in range: ClosedRange<Int>, or fallback: Int) -> Int {
        section[key].flatMap { integer($0, key, in: range) } ?? fallback
    }

    func integer(_ node: YAMLNode, _ key: String, in range: ClosedRange<Int>) -> Int? {
        guard let text = text(node, key) else { return nil }
        if let value = Self.decimal(text.value), range.contains(value) { return value }
        let zero =
            !text.isExpanded && text.value.utf8.count > 1 && text.value.hasPrefix("0") ? ", without leading zeros" : ""
        let bounds = "from \(range.lowerBound) to \(range.upperBound)"
        problems.error(node.position, "`\(key)` must be a whole number \(bounds)\(zero)\(text.shown)")
        return nil
    }

    /// Digits only. A leading zero makes an octal number of it in YAML 1.1, so it is no number here.
    static func decimal(_ text: String) -> Int? {
        let bytes = Array(text.utf8)
        if bytes.count > 1, bytes[0] == 0x30 { return nil }
        return Decimal.parse(bytes.span).map { Int($0) }
    }

    /// `true` or `false`, or `fallback`.
    func flag(_ section: Section, _ key: String, or fallback: Bool) -> Bool {
        guard let node = section[key], let text = text(node, key) else { return fallback }
        if text.value == "true" { return true }
        if text.value == "false" { return false }
        problems.error(node.position, "`\(key)` must be true or false; write true or false\(text.shown)")
        return fallback
    }

    /// One of the words of `W`, or nil.
    func word<W>(_ node: YAMLNode, _ key: String) -> W? where W: RawRepresentable<String> & CaseIterable {
        choice(node, key, among: W.allCases.map(\.rawValue)).flatMap { W(rawValue: $0) }
    }

    /// One of `known`, or nil.
    func choice(_ node: YAMLNode, _ key: String, among known: [String]) -> String? {
        guard let text = text(node, key) else { return nil }
        if known.contains(text.value) { return text.value }
        let list = known.joined(separator: ", ")
        let nearest = text.isExpanded ? nil : Spelling.nearest(to: text.value, among: known)
        let advice = nearest.map { "; did you mean `\($0)`?" } ?? ""
        problems.error(node.position, "`\(key)` must be one of \(list)\(text.shown)\(advice)")
        return nil
    }

    func word<W>(_ section: Section, _ key: String, or fallback: W) -> W
    where W: RawRepresentable<String> & CaseIterable {
        section[key].flatMap { word($0, key) } ?? fallback
    }

    /// The items of a list without empty ones; nothing where the key is absent.
    func items(_ section: Section, _ key: String, atMost limit: Int) -> [YAMLNode] {
        guard let node = section[key] else { return [] }
        guard case .sequence(let items) = node.content else {
            if node.isRefused { return [] }
            problems.error(node.position, "`\(key)` must be a list, as `[a, b]` or lines of `- a`, not \(node.kind)")
            return []
        }
        if items.count > limit {
            problems.error(items[limit].position, "`\(key)` holds more than \(limit) entries")
        }
        return items.prefix(limit).filter { item in
            if item.isRefused { return false }
            if item.isNull { problems.error(item.position, "an entry of `\(key)` has no value") }
            return !item.isNull
        }
    }

    /// The words of a list of them, or of a single one.
    func oneOrMore(_ section: Section, _ key: String, atMost limit: Int) -> [YAMLNode] {
        guard let node = section[key] else { return [] }
        if case .scalar = node.content { return [node] }
        return items(section, key, atMost: limit)
    }

    /// Refuses `key: []`, where an empty list would mean the opposite of what it looks like.
    func refuseEmpty(_ section: Section, _ key: String, _ advice: String) {
        guard let node = section[key], case .sequence(let items) = node.content, items.isEmpty else { return }
        problems.error(node.position, "`\(key)` is empty; \(advice)")
    }

    /// A list of words, each once, each made of printable ASCII without spaces, `"`, `\` and commas: what can
    /// stand in a header's list. (RFC 6749 section 3.3 allows the comma in a scope; our lists are joined by it.)
    func grants(_ section: Section, _ key: String, atMost limit: Int = 64) -> [String] {
        var seen: Set<String> = []
        return items(section, key, atMost: limit).compactMap { node in
            guard let word = grant(node, key) else { return nil }
            if seen.insert(word).inserted { return word }
            problems.error(node.position, "`\(key)` names \(Echo.word(word) ?? "this") twice")
            return nil
        }
    }

    func grant(_ node: YAMLNode, _ key: String) -> String? {
        guard let text = name(node, key, atMost: 128) else { return nil }
        guard text.value.utf8.allSatisfy(Self.isGrantByte) else {
            problems.error(
                node.position, "`\(key)` may hold printable ASCII without spaces, commas, `\"` and `\\`")
            return nil
        }
        return text.value
    }

    private static func isGrantByte(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte < 0x7F && byte != 0x22 && byte != 0x2C && byte != 0x5C
    }

    /// A key the section cannot do without.
    func require(_ section: Section, _ key: String, in name: String) {
        if !section.holds(key) { problems.error(section.position, "\(name) needs `\(key)`") }
    }
}
