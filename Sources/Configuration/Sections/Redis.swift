import Domain

extension SettingsDecoder {
    static let defaultRedisPort = 6379

    func redis(_ file: Section) -> RedisSettings? {
        guard let node = file["redis"], let section = section(node, .redis) else { return nil }
        let places = ["url", "cluster", "sentinel"].filter(section.holds)
        if places.count != 1 {
            let position = places.count > 1 ? section.position(of: places[1]) : section.position
            problems.error(position, "`redis` needs exactly one of `url`, `cluster` and `sentinel`")
        }
        let url = redisURL(section)
        let topology = cluster(section) ?? sentinel(section) ?? .node(url?.node ?? .unix(path: "/"))
        var settings = RedisSettings(topology: topology)
        settings.database = redisDatabase(section, url)
        settings.username = credential(section, "username", url?.username)
        settings.password = password(section, url)
        settings.tls = redisTLS(section, url)
        settings.deadlineMilliseconds = integer(section, "deadline_ms", in: 1...10_000, or: 10)
        settings.onFailure = word(section, "on_failure", or: FailureMode.local)
        settings.replicas = integer(section, "replicas", in: 1...10_000, or: 1)
        settings.graceSeconds = integer(section, "grace_seconds", in: 0...3_600, or: 0)
        settings.keyPrefix = keyPrefix(section) ?? settings.keyPrefix
        settings.position = section.position
        if section.holds("username"), url?.password == nil, !section.holds("password") {
            problems.error(section.position, "`redis` has a username without a password")
        }
        return settings
    }

    /// A cluster has one database, number 0.
    private func redisDatabase(_ section: Section, _ url: RedisURL?) -> Int {
        guard let node = section["database"] else { return url?.database ?? 0 }
        let number = integer(node, "database", in: 0...65_535) ?? 0
        if url?.database ?? 0 != 0 { reportBoth("database", at: node.position) }
        if number != 0, section.holds("cluster") {
            problems.error(node.position, "`database` must be 0 in a cluster, which has no others")
        }
        return number
    }

    private func redisURL(_ section: Section) -> RedisURL? {
        guard let node = section["url"], let text = name(node, "url")?.value else { return nil }
        do throws(RedisURL.Fault) {
            return try RedisURL(text)
        } catch {
            problems.error(node.position, "`url` \(error.reason)")
            return nil
        }
    }

    /// From the key or from the URL, not from both.
    private func credential(_ section: Section, _ key: String, _ inURL: String?) -> String? {
        guard let node = section[key] else { return inURL }
        if inURL != nil { reportBoth(key, at: node.position) }
        return name(node, key, atMost: 256)?.value
    }

    private func password(_ section: Section, _ url: RedisURL?) -> Secret? {
        guard let node = section["password"] else { return url?.password }
        if url?.password != nil { reportBoth("password", at: node.position) }
        return secret(node, "password")
    }

    private func reportBoth(_ key: String, at position: SourcePosition) {
        problems.error(position, "`\(key)` is in the URL too; keep one")
    }

    private func redisTLS(_ parent: Section, _ url: RedisURL?) -> RedisTLS? {
        let isTLS = url?.isTLS ?? false
        guard let tls = tlsClient(parent, .redisTLS) else { return isTLS ? RedisTLS() : nil }
        if let url, !url.isTLS {
            problems.error(parent.position(of: "tls"), "`tls` needs a `rediss://` URL")
        }
        return tls
    }

    private func keyPrefix(_ section: Section) -> String? {
        guard let node = section["key_prefix"], let text = name(node, "key_prefix") else { return nil }
        let isFit = text.value.utf8.allSatisfy {
            ($0 | 0x20) &- 0x61 < 26 || $0 &- 0x30 < 11 || $0 == 0x5F || $0 == 0x2E || $0 == 0x2D
        }
        if isFit, text.value.utf8.count <= 64 { return text.value }
        problems.error(node.position, "`key_prefix` may hold up to 64 letters, digits, `_`, `.`, `:` and `-`")
        return nil
    }
}
