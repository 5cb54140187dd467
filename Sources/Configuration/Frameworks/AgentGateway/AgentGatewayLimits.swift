/// `rate_limit` and `proxy`.
struct AgentGatewayLimits {
    static let keys = SectionKeys(
        name: "rate_limit", known: ["enabled", "default_limit", "storage_uri", "trust_forwarded_for"])
    static let proxyKeys = SectionKeys(name: "proxy", known: ["trust_forwarded", "forwarded_allow_ips"])
    static let standardLimit = "100/minute"

    let reader: FrameworkReader

    init(_ reader: FrameworkReader) { self.reader = reader }

    func add(to native: inout NativeSection, from file: Section) {
        addProxies(to: &native, from: file)
        guard let section = reader.section(file["rate_limit"], Self.keys), reader.flag(section, "enabled", or: false)
        else { return }
        native.add("limits", limits(section))
        native.add("redis", redis(section))
    }

    /// One limit for each rate of a list, all of them per client address.
    private func limits(_ section: Section) -> YAMLNode? {
        let node = section["default_limit"] ?? .word(Self.standardLimit, at: section.position)
        guard let text = reader.decoder.text(node, "default_limit")?.value else { return nil }
        let rates = text.split(whereSeparator: { $0 == "," || $0 == ";" || $0 == "|" }).map { trimmed($0) }
        let limits = rates.enumerated().map { index, rate in
            var limit = NativeSection(at: node.position)
            limit.add("name", word: index == 0 ? "default" : "default-\(index + 1)")
            limit.add("per", word: "address")
            limit.add("rate", word: rate)
            let unit = rate.lowercased()
            if ["month", "months", "year", "years"].contains(where: unit.hasSuffix) {
                limit.add("window", word: "calendar")
            }
            return limit.node
        }
        if limits.isEmpty { reader.problems.error(node.position, "`default_limit` holds no rate") }
        return .list(limits, at: node.position)
    }

    private func trimmed(_ text: Substring) -> String { SettingsDecoder.trimmed(String(text)) }

    /// `redis://…`, also with the `async+` of the library; `memory://` is memory.
    private func redis(_ section: Section) -> NativeSection {
        var redis = NativeSection(at: section["storage_uri"]?.position ?? section.position)
        guard let node = section["storage_uri"], case .scalar(let raw, _) = node.content,
            let text = reader.decoder.text(node, "storage_uri")?.value
        else { return redis }
        let scheme = text.hasPrefix("async+") ? text.dropFirst(6) : text[...]
        if scheme.hasPrefix("redis://") || scheme.hasPrefix("rediss://") {
            let url = raw.hasPrefix("async+") ? String(raw.dropFirst(6)) : raw
            redis.add("url", YAMLNode(content: .scalar(url, isPlain: false), position: node.position))
        } else if !scheme.hasPrefix("memory:") {
            reader.problems.error(node.position, "`storage_uri` must be `redis://…`, `rediss://…` or `memory://`")
        }
        return redis
    }

    private func addProxies(to native: inout NativeSection, from file: Section) {
        guard let section = reader.section(file["proxy"], Self.proxyKeys),
            reader.flag(section, "trust_forwarded", or: false), let node = section["forwarded_allow_ips"],
            let text = reader.decoder.text(node, "forwarded_allow_ips")?.value
        else { return }
        let blocks = text.split(separator: ",").map { trimmed($0) }
        if blocks.contains("*") {
            return reader.problems.error(
                node.position, "`forwarded_allow_ips: \"*\"` would believe everybody's headers; name your proxies")
        }
        native.add("trusted_proxies", .list(["loopback"] + blocks, at: node.position))
    }
}
