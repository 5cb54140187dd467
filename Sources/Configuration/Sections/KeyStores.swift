extension SettingsDecoder {
    static let maxStaleSeconds = 604_800

    /// `auth.api_keys.store` and `max_stale_seconds`.
    func keyStore(_ section: Section, hasRedis: Bool) -> KeyStoreSettings? {
        let stale = integer(section, "max_stale_seconds", in: 0...Self.maxStaleSeconds, or: 3_600)
        guard let node = section["store"], let text = name(node, "store")?.value else {
            if section.holds("max_stale_seconds"), !section.holds("store") {
                let position = section.position(of: "max_stale_seconds")
                problems.warning(position, "`max_stale_seconds` has no effect without `store`")
            }
            return nil
        }
        guard let place = place(text, at: node.position) else { return nil }
        if place == .redis, !hasRedis {
            problems.error(node.position, "`store: redis` needs a `redis` section with its `url`")
        }
        var settings = KeyStoreSettings(place: place)
        (settings.maxStaleSeconds, settings.position) = (stale, node.position)
        return settings
    }

    /// The file need not be there: a store without keys has none. Its folder must.
    private func place(_ text: String, at position: SourcePosition) -> KeyStoreSettings.Place? {
        if text == "redis" { return .redis }
        guard text.hasPrefix("file:") else {
            problems.error(position, "`store` must be `redis` or `file:/absolute/path`")
            return nil
        }
        let path = String(text.dropFirst(5))
        guard path.hasPrefix("/"), !path.hasSuffix("/"), !path.utf8.contains(0) else {
            problems.error(position, "`store`: `file:` needs an absolute path, as `file:/var/lib/postern/keys`")
            return nil
        }
        return .file(path)
    }
}
