import Credentials

extension SettingsDecoder {
    func oauth2(_ auth: Section) -> OAuth2Settings? {
        guard let node = auth["oauth2"], let section = section(node, .oauth2) else { return nil }
        require(section, "introspection_url", in: "`oauth2`")
        for key in ["client_id", "client_secret"] where !section.holds(key) && !section.holds("\(key)_env") {
            problems.error(section.position, "`oauth2` needs `\(key)` or `\(key)_env`")
        }
        let url = outboundURL(section, "introspection_url")
        var settings = OAuth2Settings(
            introspectionURL: url ?? "", clientID: nameOrVariable(section, "client_id", atMost: 1_024) ?? "",
            clientSecret: secretOrVariable(section, "client_secret") ?? Secret([]))
        settings.requiredScopes = grants(section, "required_scopes")
        settings.issuer = name(section, "issuer", atMost: OutboundURL.maxBytes)
        settings.audiences = audiences(section)
        settings.claims = claims(section)
        settings.cacheSeconds = integer(section, "cache_seconds", in: 0...3_600, or: settings.cacheSeconds)
        settings.negativeCacheSeconds = integer(
            section, "negative_cache_seconds", in: 0...300, or: settings.negativeCacheSeconds)
        settings.deadlineMilliseconds = integer(
            section, "deadline_ms", in: 1...60_000, or: settings.deadlineMilliseconds)
        settings.caFile = outboundCA(section, url)
        settings.defaultRoles = defaultRoles(section)
        settings.subjectPrefix = subjectPrefix(section)
        settings.position = section.position
        return settings
    }
}
