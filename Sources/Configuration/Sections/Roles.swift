extension SettingsDecoder {
    /// A role that keys or rate limits name, and `roles` does not define, is a typing error: it would grant nothing.
    func checkRoles(_ auth: AuthSettings, _ section: Section) {
        let defined = Set(auth.roles.map(\.name)).union([Self.defaultRole])
        for key in auth.apiKeys.keys {
            for role in key.roles where !defined.contains(role) {
                reportRole(role, "key \(Echo.word(key.id) ?? "here") has", defined, at: key.position)
            }
        }
        for limit in auth.rateLimits where !defined.contains(limit.role) {
            reportRole(limit.role, "`rate_limits` names", defined, at: limit.position)
        }
    }

    func checkRoles(of limits: [LimitSettings], _ auth: AuthSettings) {
        let defined = Set(auth.roles.map(\.name)).union([Self.defaultRole])
        for limit in limits {
            for role in limit.roles where !defined.contains(role) {
                reportRole(role, "limit \(Echo.word(limit.name) ?? "here") names", defined, at: limit.position)
            }
        }
    }

    /// Those that the file itself gives to whom a provider vouches for. What a token says is for `explain` to tell.
    func checkRoles(ofProviders auth: AuthSettings) {
        let defined = Set(auth.roles.map(\.name)).union([Self.defaultRole])
        var given = (auth.jwt?.issuers ?? []).map { ($0.defaultRoles, $0.position) }
        if let oauth2 = auth.oauth2 { given.append((oauth2.defaultRoles, oauth2.position)) }
        if let mtls = auth.mtls { given.append((mtls.defaultRoles, mtls.position)) }
        if let external = auth.external { given.append((external.defaultRoles, external.position)) }
        for (roles, position) in given {
            for role in roles where !defined.contains(role) {
                reportRole(role, "`default_roles` names", defined, at: position)
            }
        }
        for entry in auth.mtls?.roles ?? [] {
            for role in entry.roles where !defined.contains(role) {
                reportRole(role, "`mtls.roles` names", defined, at: entry.position)
            }
        }
    }

    private func reportRole(_ role: String, _ subject: String, _ defined: Set<String>, at position: SourcePosition) {
        if problems.isFull { return problems.error(position, subject) }
        let nearest = Spelling.nearest(to: role, among: defined.sorted())
        let advice = nearest.map { "did you mean `\($0)`?" } ?? "define it in `auth.roles`"
        let shown = Echo.word(role).map { "the role \($0)" } ?? "a role"
        problems.error(position, "\(subject) \(shown), which is not defined; \(advice)")
    }
}
