/// A mapping whose keys have been checked: every one is known, and has a value.
struct Section {
    let position: SourcePosition
    private let values: [YAMLEntry]
    /// Every known key that is there, also those without a value, which have been reported.
    private let present: [String]

    init(position: SourcePosition, values: [YAMLEntry], present: [String]) {
        self.position = position
        self.values = values
        self.present = present
    }

    /// What a section that is not in the file is read as, so that its defaults are written in one place.
    static let absent = Section(position: .none, values: [], present: [])

    subscript(_ key: String) -> YAMLNode? { values.first { $0.key == key }?.value }

    /// Whether it has a key, even one without a value.
    var isWritten: Bool { !present.isEmpty }

    func holds(_ key: String) -> Bool { present.contains(key) }

    /// Where the key stands, or the section if it does not.
    func position(of key: String) -> SourcePosition {
        values.first { $0.key == key }?.keyPosition ?? position
    }
}

extension SettingsDecoder {
    /// Reads a mapping with the given keys. Nil if it is none, which has been reported.
    func section(_ node: YAMLNode, _ keys: SectionKeys) -> Section? {
        guard case .mapping(let entries) = node.content else {
            if node.isRefused { return nil }
            let subject = keys.name.isEmpty ? "the file" : "`\(keys.name)`"
            problems.error(node.position, "\(subject) must be a mapping of `key: value` lines, not \(node.kind)")
            return nil
        }
        var values: [YAMLEntry] = []
        var present: [String] = []
        for entry in entries {
            guard keys.known.contains(entry.key) else {
                reportUnknown(entry, keys)
                continue
            }
            present.append(entry.key)
            if entry.value.isRefused { continue }
            if entry.value.isNull {
                problems.error(entry.keyPosition, "`\(entry.key)` has no value; give it one or remove the key")
            } else {
                values.append(entry)
            }
        }
        return Section(position: node.position, values: values, present: present)
    }

    /// The section under `key`, or an absent one.
    func section(_ parent: Section, _ key: String, _ keys: SectionKeys) -> Section {
        parent[key].flatMap { section($0, keys) } ?? .absent
    }

    private func reportUnknown(_ entry: YAMLEntry, _ keys: SectionKeys) {
        if problems.isFull { return problems.error(entry.keyPosition, "unknown key") }
        let known = keys.known.joined(separator: ", ")
        let nearest = Spelling.nearest(to: entry.key, among: keys.known)
        let place = keys.name.isEmpty ? "" : " in `\(keys.name)`"
        // A key near a known one is a typing error and can be shown; another one might be a secret out of place.
        let shown = nearest != nil && entry.key.utf8.count <= 64 ? "key `\(entry.key)`" : Echo.key(entry.key)
        let advice = nearest.map { "did you mean `\($0)`?" } ?? "known are \(known)"
        problems.error(entry.keyPosition, "unknown \(shown.replacingThisKey)\(place); \(advice)")
    }
}

extension String {
    /// "unknown this key" reads badly.
    fileprivate var replacingThisKey: String { self == "this key" ? "key" : self }
}
