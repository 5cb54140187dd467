/// `auth.api_keys`.
struct DockrionKeys {
    static let keys = SectionKeys(
        name: "auth.api_keys",
        known: ["env_var", "prefix", "header", "allow_bearer", "enabled", "rotation_days"])
    static let standardVariable = "DOCKRION_API_KEY"

    let reader: FrameworkReader

    init(_ reader: FrameworkReader) { self.reader = reader }

    /// A prefix makes Dockrion forget `env_var`. Keys keep the lengths they have.
    func translate(_ auth: Section) -> NativeSection {
        let section = reader.section(auth["api_keys"], Self.keys)
        var native = NativeSection(at: section?.position ?? auth.position)
        if let prefix = section?["prefix"] {
            native.add("prefix", prefix)
            if let unused = section?["env_var"] {
                reader.problems.warning(unused.position, "`env_var` has no effect beside `prefix`")
            }
        } else {
            native.add("env_var", section?["env_var"] ?? .word(Self.standardVariable, at: native.position))
        }
        native.add("header", section?["header"])
        native.add("allow_bearer", reader.flagNode(section, "allow_bearer"))
        native.add("enabled", reader.flagNode(section, "enabled"))
        native.add("rotation_days", section?["rotation_days"])
        native.add("allow_short", word: "true")
        return native
    }
}
