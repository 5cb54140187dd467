extension SettingsDecoder {
    func response(_ file: Section) -> ResponseSettings {
        let section = section(file, "response", .response)
        var settings = ResponseSettings()
        settings.errors = word(section, "errors", or: .problem)
        settings.xRateLimitReset = word(section, "x_ratelimit_reset", or: .delta)
        if section.holds("rate_limit_headers") {
            settings.rateLimitHeaders = Set(words(section, "rate_limit_headers"))
        }
        let identity = self.section(section, "identity_headers", .identityHeaders)
        settings.identityHeaders.prefix = identityPrefix(identity) ?? settings.identityHeaders.prefix
        if identity.holds("names") {
            let named: [IdentityHeaderSettings.Field] = words(identity, "names")
            settings.identityHeaders.fields = IdentityHeaderSettings.Field.allCases.filter { named.contains($0) }
        }
        settings.assertion = assertion(section, settings.identityHeaders)
        return settings
    }

    private func words<W>(_ section: Section, _ key: String) -> [W] where W: RawRepresentable<String> & CaseIterable {
        items(section, key, atMost: 32).compactMap { word($0, key) }
    }

    /// Long enough that no ordinary header is taken for an identity: `X-` alone would remove half of a request.
    private func identityPrefix(_ section: Section) -> String? {
        guard let node = section["prefix"], let prefix = headerToken(node, "prefix") else { return nil }
        if prefix.utf8.count >= 4, prefix.utf8.count <= 32, prefix.hasSuffix("-"), prefix.utf8.first != 0x2D {
            return prefix
        }
        problems.error(node.position, "`prefix` must be 4 to 32 characters and end with `-`, as `X-Auth-`")
        return nil
    }

    func log(_ file: Section) -> LogSettings {
        let section = section(file, "log", .log)
        return LogSettings(
            level: word(section, "level", or: .info), allowed: flag(section, "allowed", or: false))
    }

    func bounds(_ file: Section) -> Bounds {
        let section = section(file, "bounds", .bounds)
        let standard = Bounds()
        return Bounds(
            headBytes: integer(section, "head_bytes", in: 1_024...65_536, or: standard.headBytes),
            headers: integer(section, "headers", in: 8...128, or: standard.headers),
            bodyBytes: integer(section, "body_bytes", in: 0...67_108_864, or: standard.bodyBytes),
            connections: integer(section, "connections", in: 1...1_000_000, or: standard.connections),
            headTimeoutSeconds: integer(section, "head_timeout_seconds", in: 1...300, or: standard.headTimeoutSeconds),
            idleTimeoutSeconds: integer(
                section, "idle_timeout_seconds", in: 1...86_400, or: standard.idleTimeoutSeconds),
            maxCost: integer(section, "max_cost", in: 1...1_000_000, or: standard.maxCost),
            coldChecks: integer(section, "cold_checks", in: 1...100_000, or: standard.coldChecks))
    }
}
