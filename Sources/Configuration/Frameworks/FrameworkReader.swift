/// What the readers of the frameworks' files share: sections whose unknown keys are warnings, as the frameworks take
/// any, and single values by YAML 1.1's rules, which are Python's.
struct FrameworkReader {
    let problems: ProblemList
    /// With what the files that the framework reads beside its own say; the process's own word wins.
    let environment: [String: String]
    let overrides: SettingsOverrides
    /// Expands variables and words messages as the native reader does.
    let decoder: SettingsDecoder

    init(_ decoder: SettingsDecoder) {
        self.decoder = decoder
        problems = decoder.problems
        environment = decoder.environment
        overrides = decoder.overrides
    }

    /// Nil where there is no mapping; that it is something else has been reported. Keys without a value are absent.
    func section(_ node: YAMLNode?, _ keys: SectionKeys) -> Section? {
        guard let node, !node.isNull else { return nil }
        guard case .mapping(let entries) = node.content else {
            if !node.isRefused {
                let subject = keys.name.isEmpty ? "the file" : "`\(keys.name)`"
                problems.error(node.position, "\(subject) must be a mapping of `key: value` lines, not \(node.kind)")
            }
            return nil
        }
        for entry in entries where !keys.known.contains(entry.key) { warn(entry, keys) }
        let values = entries.filter { !$0.value.isNull && !$0.value.isRefused }
        return Section(position: node.position, values: values, present: entries.map(\.key))
    }

    /// The frameworks take an unknown key in silence, and so a file of theirs may hold some; but it may be a typing
    /// error in the one line that matters.
    private func warn(_ entry: YAMLEntry, _ keys: SectionKeys) {
        let nearest = Spelling.nearest(to: entry.key, among: keys.known)
        let place = keys.name.isEmpty ? "" : " in `\(keys.name)`"
        let advice = nearest.map { "; did you mean `\($0)`?" } ?? ""
        let shown = nearest != nil && entry.key.utf8.count <= 64 ? "key `\(entry.key)`" : Echo.word(entry.key)
        problems.warning(entry.keyPosition, "unknown \(shown ?? "key")\(place), which has no effect\(advice)")
    }

    /// The expanded text under `key`.
    func text(_ section: Section?, _ key: String) -> String? {
        section?[key].flatMap { decoder.text($0, key)?.value }
    }

    /// One of `known`, or `fallback` where the key is absent; nil for another word, which has been reported.
    func choice(_ section: Section, _ key: String, among known: [String], or fallback: String) -> String? {
        guard let node = section[key] else { return fallback }
        return decoder.choice(node, key, among: known)
    }

    /// The spellings of YAML 1.1, and no others; what is none has been reported.
    func flag(_ section: Section?, _ key: String, or fallback: Bool) -> Bool {
        guard let node = section?[key], let text = decoder.text(node, key) else { return fallback }
        if let value = Self.truth(text.value) { return value }
        problems.error(node.position, "`\(key)` must be true or false\(text.shown)")
        return fallback
    }

    static func truth(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true", "yes", "on", "1": true
        case "false", "no", "off", "0": false
        default: nil
        }
    }

    /// A flag's node in the native spelling.
    func flagNode(_ section: Section?, _ key: String) -> YAMLNode? {
        guard let section, let node = section[key] else { return nil }
        return .word(flag(section, key, or: false) ? "true" : "false", at: node.position)
    }

    /// Whether public pages that tell about the agent are guarded too: the file's `strict`, or `--strict`.
    func isStrict(_ section: Section?) -> Bool { overrides.strict || flag(section, "strict", or: false) }
}
