extension SettingsDecoder {
    static let defaultAdmin = Endpoint.tcp(host: "127.0.0.1", port: 9192)

    func admin(_ file: Section) -> AdminSettings {
        let section = section(file, "admin", .admin)
        let written = endpoint(section, "address")
        let overriding = overrides.admin.flatMap { override($0, "--admin") }
        return AdminSettings(endpoint: overriding ?? written ?? Self.defaultAdmin, position: section.position)
    }

    /// Every socket once. Port 0 is a new one each time.
    func checkDistinct(_ listeners: [ListenerSettings], _ admin: AdminSettings) {
        var seen: Set<Endpoint> = []
        var all = listeners.map { ($0.endpoint, $0.position, "`listen`") }
        // A default has no place in the file, so it is the other that is told.
        all.insert((admin.endpoint, admin.position, "`admin.address`"), at: admin.position == .none ? 0 : all.count)
        for (endpoint, position, name) in all {
            if case .tcp(_, port: 0) = endpoint { continue }
            if !seen.insert(endpoint).inserted { problems.error(position, "\(name) is an address already listened on") }
        }
    }
}
