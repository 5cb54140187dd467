/// `auth.api_keys` and `auth.oauth2`.
struct AgentGatewayCredentials {
    static let keyKeys = SectionKeys(name: "auth.api_keys[]", known: ["name", "key", "scopes"])
    static let oauth2Keys = SectionKeys(
        name: "auth.oauth2",
        known: ["issuer", "audience", "jwks_uri", "algorithms", "scope_claim", "clock_skew_seconds"])

    let reader: FrameworkReader

    init(_ reader: FrameworkReader) { self.reader = reader }

    /// Nothing where no key is listed, which the native reader refuses.
    func keys(_ auth: Section) -> NativeSection {
        var native = NativeSection(at: auth["api_keys"]?.position ?? auth.position)
        guard let node = auth["api_keys"] else { return native }
        if case .sequence(let items) = node.content {
            native.add("keys", .list(items.compactMap(key), at: node.position))
        } else {
            native.add("keys", node)
        }
        native.add("allow_short", word: "true")
        return native
    }

    /// `scopes` left out grants every one.
    private func key(_ item: YAMLNode) -> YAMLNode? {
        guard let section = reader.section(item, Self.keyKeys) else { return nil }
        var native = NativeSection(at: section.position)
        if section["name"] == nil { reader.problems.error(section.position, "an API key needs `name`") }
        native.add("id", section["name"], keyAt: section.position(of: "name"))
        native.add("key", section["key"], keyAt: section.position(of: "key"))
        native.add("scopes", section["scopes"] ?? .list(["*"], at: section.position))
        native.add("roles", .list([String](), at: section.position))
        return native.node
    }

    func tokens(_ auth: Section) -> NativeSection {
        let section = reader.section(auth["oauth2"], Self.oauth2Keys)
        var native = NativeSection(at: section?.position ?? auth.position)
        guard let section else {
            reader.problems.error(auth.position, "`oauth2` is missing, and this mode needs it")
            return native
        }
        for key in ["issuer", "audience"] where section[key] == nil {
            reader.problems.error(section.position, "`oauth2` needs `\(key)`")
        }
        native.add("issuer", section["issuer"])
        native.add("jwks_url", section["jwks_uri"] ?? keyURL(section["issuer"]))
        native.add("audience", section["audience"])
        native.add("algorithms", section["algorithms"])
        native.add("leeway_seconds", section["clock_skew_seconds"])
        var claims = NativeSection(at: section.position)
        claims.add("scopes", section["scope_claim"])
        native.add("claims", claims)
        native.add("default_roles", .list([String](), at: section.position))
        return native
    }

    /// `<issuer>/.well-known/jwks.json`, without discovery.
    private func keyURL(_ issuer: YAMLNode?) -> YAMLNode? {
        guard let issuer, case .scalar(var text, _) = issuer.content else { return nil }
        while text.hasSuffix("/") { text.removeLast() }
        return YAMLNode(
            content: .scalar(text + "/.well-known/jwks.json", isPlain: false), position: issuer.position)
    }
}
