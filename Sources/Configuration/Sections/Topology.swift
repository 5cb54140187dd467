extension SettingsDecoder {
    /// More would not be asked: one that answers is enough.
    static let maxRedisNodes = 64
    static let defaultSentinelPort = 26_379

    /// `redis.cluster`.
    func cluster(_ redis: Section) -> RedisSettings.Topology? {
        guard let node = redis["cluster"], let section = section(node, .redisCluster) else { return nil }
        let nodes = nodes(section, "`redis.cluster`", port: Self.defaultRedisPort)
        return nodes.isEmpty ? nil : .cluster(nodes: nodes)
    }

    /// `redis.sentinel`.
    func sentinel(_ redis: Section) -> RedisSettings.Topology? {
        guard let node = redis["sentinel"], let section = section(node, .redisSentinel) else { return nil }
        require(section, "master", in: "`redis.sentinel`")
        let nodes = nodes(section, "`redis.sentinel`", port: Self.defaultSentinelPort)
        var settings = SentinelSettings(nodes: nodes, master: master(section) ?? "")
        settings.username = name(section, "username", atMost: 256)
        settings.password = section["password"].flatMap { secret($0, "password") }
        settings.tls = tlsClient(section, .redisSentinelTLS)
        if section.holds("username"), !section.holds("password") {
            problems.error(section.position, "`redis.sentinel` has a username without a password")
        }
        return nodes.isEmpty || settings.master.isEmpty ? nil : .sentinel(settings)
    }

    /// `tls` of a client: present is on, whatever it holds.
    func tlsClient(_ parent: Section, _ keys: SectionKeys) -> RedisTLS? {
        guard let node = parent["tls"], let section = section(node, keys) else { return nil }
        return RedisTLS(ca: readableFile(section, "ca"), serverName: name(section, "server_name", atMost: 253))
    }

    /// The bytes that Sentinel itself allows in a master's name.
    private func master(_ section: Section) -> String? {
        guard let node = section["master"], let text = name(node, "master", atMost: 128) else { return nil }
        let isFit = text.value.utf8.allSatisfy {
            ($0 | 0x20) &- 0x61 < 26 || $0 &- 0x30 < 10 || $0 == 0x5F || $0 == 0x2E || $0 == 0x2D
        }
        if isFit { return text.value }
        problems.error(node.position, "`master` may hold letters, digits, `_`, `.` and `-`, as Sentinel's names do")
        return nil
    }

    private func nodes(_ section: Section, _ name: String, port: Int) -> [RedisSettings.Node] {
        require(section, "nodes", in: name)
        refuseEmpty(section, "nodes", "name one node at least")
        var seen: Set<RedisSettings.Node> = []
        return items(section, "nodes", atMost: Self.maxRedisNodes).compactMap { item in
            guard let text = self.name(item, "nodes")?.value else { return nil }
            do throws(RedisURL.Fault) {
                let node = try RedisURL.place(text[...], port: port, example: "127.0.0.1:\(port)")
                if seen.insert(node).inserted { return node }
                problems.error(item.position, "`nodes` names this one twice")
            } catch {
                problems.error(item.position, "a node \(error.reason)")
            }
            return nil
        }
    }
}
