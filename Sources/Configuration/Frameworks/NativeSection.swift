/// A mapping of Postern's own words while a framework's file is being translated into it.
///
/// Each entry keeps the place in the framework's file that it comes from, so that whatever is found wrong with it
/// later is told where its writer can mend it.
struct NativeSection {
    /// Of entries that nothing in the file says, such as presets.
    let position: SourcePosition
    private(set) var entries: [YAMLEntry] = []

    init(at position: SourcePosition) { self.position = position }

    var node: YAMLNode { YAMLNode(content: .mapping(entries), position: position) }

    /// Adds nothing where there is no value.
    mutating func add(_ key: String, _ value: YAMLNode?, keyAt place: SourcePosition? = nil) {
        guard let value else { return }
        entries.append(YAMLEntry(key: key, keyPosition: place ?? value.position, value: value))
    }

    mutating func add(_ key: String, _ section: NativeSection) {
        if !section.entries.isEmpty { add(key, section.node) }
    }

    mutating func drop(_ key: String) { entries.removeAll { $0.key == key } }

    mutating func add(_ key: String, word: String) { add(key, .word(word, at: position)) }
}

extension YAMLNode {
    /// Text that stands for itself: a `${` in it names no variable.
    static func word(_ text: String, at position: SourcePosition) -> YAMLNode {
        YAMLNode(content: .scalar(text.replacing("${", with: "$${"), isPlain: false), position: position)
    }

    /// The value of an environment variable.
    static func variable(_ name: String, at position: SourcePosition) -> YAMLNode {
        YAMLNode(content: .scalar("${\(name)}", isPlain: false), position: position)
    }

    static func list(_ words: [String], at position: SourcePosition) -> YAMLNode {
        YAMLNode(content: .sequence(words.map { .word($0, at: position) }), position: position)
    }

    static func list(_ nodes: [YAMLNode], at position: SourcePosition) -> YAMLNode {
        YAMLNode(content: .sequence(nodes), position: position)
    }

    /// The words of a list that are written out; none of another kind of value.
    var words: [String] {
        guard case .sequence(let items) = content else { return [] }
        return items.compactMap { if case .scalar(let text, _) = $0.content { text } else { nil } }
    }
}
