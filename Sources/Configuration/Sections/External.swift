extension SettingsDecoder {
    static let maxSentHeaders = 64

    func external(_ auth: Section) -> ExternalSettings? {
        guard let node = auth["external"], let section = section(node, .external) else { return nil }
        require(section, "url", in: "`external`")
        let url = outboundEndpoint(section, "url")
        var settings = ExternalSettings(url: url ?? "")
        settings.format = word(section, "format", or: .postern)
        settings.deadlineMilliseconds = integer(
            section, "deadline_ms", in: 1...60_000, or: settings.deadlineMilliseconds)
        settings.cacheSeconds = integer(section, "cache_seconds", in: 0...3_600, or: 0)
        settings.negativeCacheSeconds = integer(section, "negative_cache_seconds", in: 0...300, or: 0)
        settings.headers = sentHeaders(section).map(\.name)
        settings.caFile = outboundCA(section, url)
        settings.defaultRoles = defaultRoles(section)
        settings.subjectPrefix = subjectPrefix(section)
        settings.position = section.position
        return settings
    }

    /// `authorization`. The credential's carriers are no matter of permission, so they are not sent.
    func authorization(_ file: Section, keyHeader: String?) -> ExternalAuthorizationSettings? {
        guard let node = file["authorization"], let section = section(node, .authorization) else { return nil }
        require(section, "external", in: "`authorization`")
        let url = outboundEndpoint(section, "external")
        var settings = ExternalAuthorizationSettings(url: url ?? "")
        settings.format = word(section, "format", or: .postern)
        settings.deadlineMilliseconds = integer(
            section, "deadline_ms", in: 1...60_000, or: settings.deadlineMilliseconds)
        settings.cacheSeconds = integer(section, "cache_seconds", in: 0...3_600, or: 0)
        settings.onFailure = word(section, "on_failure", or: .deny)
        let carriers: Set<String> = [
            "authorization", "proxy-authorization", keyHeader?.lowercased() ?? "authorization",
        ]
        for header in sentHeaders(section) {
            if carriers.contains(header.name) {
                problems.error(header.position, "`headers` names a carrier of credentials, which are not sent on")
            }
            settings.headers.append(header.name)
        }
        settings.caFile = outboundCA(section, url)
        settings.position = section.position
        return settings
    }

    /// `headers`: of the request in question, in lower case.
    private func sentHeaders(_ section: Section) -> [(name: String, position: SourcePosition)] {
        var seen: Set<String> = []
        return items(section, "headers", atMost: Self.maxSentHeaders).compactMap { node in
            guard let name = headerToken(node, "headers")?.lowercased() else { return nil }
            if !seen.insert(name).inserted {
                problems.error(node.position, "`headers` names \(Echo.word(name) ?? "this one") twice")
            }
            return (name, node.position)
        }
    }
}
