extension SettingsDecoder {
    private static let controlTokenLengths = 32...256
    static let defaultAdmin = Endpoint.tcp(host: "127.0.0.1", port: 9192)

    func admin(_ file: Section) -> AdminSettings {
        let section = section(file, "admin", .admin)
        let written = endpoint(section, "address")
        let overriding = overrides.admin.flatMap { override($0, "--admin") }
        var settings = AdminSettings(endpoint: overriding ?? written ?? Self.defaultAdmin, position: section.position)
        settings.control = control(section)
        settings.token = section["token"].flatMap { controlToken($0) }
        settings.pages = flag(section, "pages", or: false)
        if settings.pages, !section.holds("control") {
            problems.error(section.position(of: "pages"), "`pages` needs `control` beside it")
        }
        return settings
    }

    /// Whoever reaches it and bears the token resets limits, so it stays on the machine.
    private func control(_ section: Section) -> Endpoint? {
        for (key, other) in [("control", "token"), ("token", "control")]
        where section.holds(key) && !section.holds(other) {
            problems.error(section.position(of: key), "`\(key)` needs `\(other)` beside it")
        }
        guard let control = endpoint(section, "control") else { return nil }
        if EndpointNotation.isLoopback(control) { return control }
        problems.error(section.position(of: "control"), "`control` must be a unix socket or loopback")
        return nil
    }

    /// What can stand after `Bearer` in a header, and is too long to be guessed.
    private func controlToken(_ node: YAMLNode) -> Secret? {
        guard let token = secret(node, "token") else { return nil }
        let isFit = token.bytes.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        if isFit, Self.controlTokenLengths.contains(token.bytes.count) { return token }
        problems.error(
            node.position,
            "`token` must be \(Self.controlTokenLengths.lowerBound) to \(Self.controlTokenLengths.upperBound) "
                + "printable characters without spaces")
        return nil
    }

    /// Every socket once. Port 0 is a new one each time.
    func checkDistinct(_ listeners: [ListenerSettings], _ admin: AdminSettings) {
        var seen: Set<Endpoint> = []
        var all = listeners.map { ($0.endpoint, $0.position, "`listen`") }
        // A default has no place in the file, so it is the other that is told.
        all.insert((admin.endpoint, admin.position, "`admin.address`"), at: admin.position == .none ? 0 : all.count)
        if let control = admin.control { all.append((control, admin.position, "`admin.control`")) }
        for (endpoint, position, name) in all {
            if case .tcp(_, port: 0) = endpoint { continue }
            if !seen.insert(endpoint).inserted { problems.error(position, "\(name) is an address already listened on") }
        }
    }
}
