extension SettingsDecoder {
    static let defaultAdmin = Endpoint.tcp(host: "127.0.0.1", port: 9192)
    /// gate.md 22.
    static let minTokenBytes = 32

    func admin(_ file: Section) -> AdminSettings {
        let section = section(file, "admin", .admin)
        let written = endpoint(section, "address")
        let overriding = overrides.admin.flatMap { override($0, "--admin") }
        let control = endpoint(section, "control")
        let token = section["token"].flatMap { node in
            secret(node, "token").flatMap { token in checked(token, at: node.position) }
        }
        if let control { checkControl(control, section) }
        if section.holds("token"), !section.holds("control") {
            problems.warning(section.position(of: "token"), "`token` guards `control`, which is not set")
        }
        return AdminSettings(
            endpoint: overriding ?? written ?? Self.defaultAdmin, control: control, token: token,
            position: section.position)
    }

    private func checkControl(_ control: Endpoint, _ section: Section) {
        guard case .tcp = control else { return }
        let position = section.position(of: "control")
        if !EndpointNotation.isLoopback(control) {
            problems.error(position, "`control` must be a unix socket or on loopback")
        } else if !section.holds("token") {
            problems.error(position, "`control` on TCP needs `token`, of at least \(Self.minTokenBytes) bytes")
        }
    }

    private func checked(_ token: Secret, at position: SourcePosition) -> Secret? {
        if token.bytes.count < Self.minTokenBytes {
            problems.error(position, "`token` must be at least \(Self.minTokenBytes) bytes")
        } else if let fault = Self.faultOfHeaderSecret(token) {
            problems.error(position, "`token` \(fault)")
        } else {
            return token
        }
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
