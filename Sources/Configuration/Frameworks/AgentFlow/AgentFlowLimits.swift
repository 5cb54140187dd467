/// `rate_limit`: one limit for all endpoints. An empty mapping turns it on.
struct AgentFlowLimits {
    static let keys = SectionKeys(
        name: "rate_limit",
        known: [
            "enabled", "requests", "window", "by", "backend", "redis", "fail_open", "trusted_proxy_headers",
            "trusted_proxy_hops", "trusted_proxies", "exclude_paths",
        ])
    static let redisKeys = SectionKeys(name: "rate_limit.redis", known: ["url", "prefix"])
    static let scopes = ["ip": "address", "user": "subject", "global": "global"]
    /// Never counted, whatever `exclude_paths` says.
    static let healthPath = "/ping"

    let reader: FrameworkReader

    init(_ reader: FrameworkReader) { self.reader = reader }

    /// - Parameter isAnonymous: nobody has a name, so `by: user` counts by address, as AgentFlow does then.
    func add(to native: inout NativeSection, from file: Section, isAnonymous: Bool) {
        guard let section = reader.section(file["rate_limit"], Self.keys) else { return }
        guard reader.flag(section, "enabled", or: true) else { return }
        let by = reader.choice(section, "by", among: ["ip", "user", "global"], or: "ip") ?? "ip"
        let requests = integer(section, "requests", or: 100)
        let window = integer(section, "window", or: 60)
        var limit = NativeSection(at: section.position)
        limit.add("name", word: "requests")
        limit.add("per", word: isAnonymous && by == "user" ? "address" : Self.scopes[by] ?? "address")
        limit.add("rate", .word("\(requests)/\(window)seconds", at: section["requests"]?.position ?? section.position))
        native.add("limits", .list([limit.node], at: section.position))
        native.add("redis", redis(section))
        addProxies(to: &native, section)
    }

    private func integer(_ section: Section, _ key: String, or fallback: Int) -> Int {
        section[key].flatMap { reader.decoder.integer($0, key, in: 1...Int(Int32.max)) } ?? fallback
    }

    /// `fail_open` is documented, and on unless the file says otherwise.
    private func redis(_ section: Section) -> NativeSection {
        var native = NativeSection(at: section["redis"]?.position ?? section.position)
        guard let backend = reader.choice(section, "backend", among: ["memory", "redis", "custom"], or: "memory"),
            backend != "memory"
        else { return native }
        let place = section["backend"]?.position ?? section.position
        guard backend == "redis" else {
            reader.problems.error(
                place, "`backend: custom` is a class in the agent's own code, which Postern cannot run")
            return native
        }
        if case .mapping? = section["redis"]?.content {
            let redis = reader.section(section["redis"], Self.redisKeys)
            native.add("url", redis?["url"].map(expandable))
            native.add("key_prefix", redis?["prefix"])
        } else {
            native.add("url", section["redis"].map(expandable))
        }
        let isElsewhere = reader.overrides.redis != nil || reader.environment["POSTERN_REDIS_URL"]?.isEmpty == false
        if native.entries.isEmpty, !isElsewhere {
            reader.problems.error(place, "`backend: redis` needs `redis` with its `url`, or `--redis`")
        }
        let isOpen = reader.flag(section, "fail_open", or: true)
        native.add("on_failure", word: isOpen ? "open" : "closed")
        return native
    }

    /// The one value in which AgentFlow expands variables: `$VAR` as well as `${VAR}`.
    private func expandable(_ node: YAMLNode) -> YAMLNode {
        guard case .scalar(let text, _) = node.content else { return node }
        var result = ""
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[rest.index(after: dollar)...]
            let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
            result += name.isEmpty ? "$" : "${\(name)}"
            rest = rest[name.endIndex...]
        }
        return YAMLNode(content: .scalar(result + rest, isPlain: false), position: node.position)
    }

    /// Hops are not counted: an address is believed from the proxies that are named, and behind any that is not
    /// everybody has that proxy's address.
    private func addProxies(to native: inout NativeSection, _ section: Section) {
        let hops = integer(section, "trusted_proxy_hops", or: 1)
        guard reader.flag(section, "trusted_proxy_headers", or: false) else { return }
        if hops > 1 {
            reader.problems.warning(
                section.position(of: "trusted_proxy_hops"),
                "`trusted_proxy_hops` has no effect: name the networks of all \(hops) proxies in `trusted_proxies`, "
                    + "or their clients share one limit")
        }
        guard let node = section["trusted_proxies"], case .sequence(let items) = node.content else { return }
        native.add("trusted_proxies", .list([.word("loopback", at: node.position)] + items, at: node.position))
    }

    /// Exact paths. One that is none of the server's own is nothing that could be counted.
    func excludedPaths(_ file: Section) -> Set<String> {
        guard case .sequence(let items)? = file["rate_limit"]?["exclude_paths"]?.content else {
            return [Self.healthPath]
        }
        return Set(YAMLNode(content: .sequence(items), position: file.position).words + [Self.healthPath])
    }
}
