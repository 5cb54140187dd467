import Credentials

extension SettingsDecoder {
    static let maxIssuers = 64

    func jwt(_ auth: Section) -> JWTSettings? {
        guard let node = auth["jwt"], let section = section(node, .jwt) else { return nil }
        let cache = self.section(section, "cache", .jwtCache)
        var settings = JWTSettings(position: section.position)
        settings.cacheEntries = integer(cache, "entries", in: 0...1_000_000, or: settings.cacheEntries)
        settings.negativeCacheSeconds = integer(
            cache, "negative_seconds", in: 0...300, or: settings.negativeCacheSeconds)
        settings.mergesSubjects = flag(section, "merge_subjects", or: false)
        guard section.holds("issuers") else {
            if section.holds("merge_subjects") {
                problems.warning(
                    section.position(of: "merge_subjects"), "`merge_subjects` has no effect without `issuers`")
            }
            settings.issuers = [issuer(section)]
            return settings
        }
        for key in SectionKeys.issuer.known where section.holds(key) {
            problems.error(section.position(of: key), "`\(key)` belongs into an entry of `issuers`, which is there too")
        }
        refuseEmpty(section, "issuers", "name at least one")
        let sections = items(section, "issuers", atMost: Self.maxIssuers).compactMap { self.section($0, .issuer) }
        settings.issuers = sections.map { issuer($0) }
        if sections.count > 1 { checkIssuers(settings, sections) }
        return settings
    }

    private func issuer(_ section: Section) -> IssuerSettings {
        let isSymmetric = section.holds("secret") || section.holds("secret_env")
        let algorithms = algorithms(section, isSymmetric: isSymmetric)
        let keys = keySource(section, algorithms)
        var settings = IssuerSettings(keys: keys ?? .secret(Secret([])), algorithms: algorithms)
        settings.issuer = name(section, "issuer", atMost: OutboundURL.maxBytes)
        settings.audiences = audiences(section)
        if !section.holds("audience") {
            problems.warning(section.position, "without `audience` a token that has an `aud` is refused")
        }
        settings.type = name(section, "type", atMost: 128)
        settings.leewaySeconds = integer(section, "leeway_seconds", in: 0...300, or: settings.leewaySeconds)
        settings.requiredClaims = requiredClaims(section)
        settings.requiredScopes = grants(section, "required_scopes")
        settings.claims = claims(section)
        settings.subjectPrefix = subjectPrefix(section)
        settings.defaultRoles = defaultRoles(section)
        settings.defaultScopes = grants(section, "default_scopes")
        settings.hasWildcardScope = flag(section, "scope_wildcard", or: true)
        settings.dpop = word(section, "dpop", or: .off)
        settings.cooldownSeconds = integer(section, "cooldown_seconds", in: 1...3_600, or: settings.cooldownSeconds)
        settings.staleSeconds = integer(section, "stale_seconds", in: 0...2_592_000, or: settings.staleSeconds)
        settings.deadlineMilliseconds = integer(
            section, "deadline_ms", in: 1...60_000, or: settings.deadlineMilliseconds)
        settings.caFile = keysCA(section, keys)
        settings.position = section.position
        return settings
    }

    /// What concerns fetching means nothing for keys that are there.
    private func keysCA(_ section: Section, _ keys: KeySource?) -> String? {
        switch keys {
        case .jwksURL(let url), .discovery(issuer: let url):
            return outboundCA(section, url)
        case .pem, .secret:
            for key in ["ca_file", "cooldown_seconds", "stale_seconds", "deadline_ms"] where section.holds(key) {
                problems.warning(section.position(of: key), "`\(key)` has no effect on keys that are not fetched")
            }
            return pemFile(section, "ca_file", .certificates)?.path
        case nil:
            return nil
        }
    }

    /// The token's `iss` chooses, so each is told apart by it; and none speaks in another's name (gate.md 9).
    private func checkIssuers(_ settings: JWTSettings, _ sections: [Section]) {
        var issuers: Set<[UInt8]> = []
        var prefixes: Set<[UInt8]> = []
        for (issuer, section) in zip(settings.issuers, sections) {
            if !section.holds("issuer") {
                problems.error(section.position, "of several issuers each needs its `issuer`, which chooses it")
            } else if let name = issuer.issuer, !issuers.insert(Array(name.utf8)).inserted {
                problems.error(section.position(of: "issuer"), "this `issuer` is in an earlier entry too")
            }
            if settings.mergesSubjects { continue }
            if !section.holds("subject_prefix") {
                problems.error(
                    section.position,
                    "of several issuers each needs a `subject_prefix`, or all of them `merge_subjects: true`")
            } else if let prefix = issuer.subjectPrefix, !prefixes.insert(Array(prefix.utf8)).inserted {
                problems.error(
                    section.position(of: "subject_prefix"), "this `subject_prefix` is in an earlier entry too")
            }
        }
    }
}
