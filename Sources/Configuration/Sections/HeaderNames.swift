import Bytes

extension SettingsDecoder {
    /// Headers with a meaning of their own, which a key or an identity would take from them.
    private static let reserved: Set<String> = [
        "authorization", "host", "connection", "content-length", "content-type", "transfer-encoding", "te", "trailer",
        "upgrade", "expect", "cookie", "forwarded", "proxy-authorization", "x-real-ip", "dpop", "client-cert",
        "client-cert-chain", "ssl-client-cert",
    ]
    private static let reservedPrefixes = ["x-original-", "x-forwarded-", "x-envoy-", "x-authz-", "x-postern-"]

    /// `auth.api_keys.header`.
    func keyHeader(_ section: Section) -> String? {
        guard let node = section["header"], let name = headerToken(node, "header") else { return nil }
        let lowercase = name.lowercased()
        if lowercase == "authorization" {
            problems.error(node.position, "`header` cannot be Authorization; `allow_bearer` reads a key from there")
        } else if isReserved(lowercase) {
            problems.error(node.position, "`header` has a meaning of its own in HTTP or to a proxy; choose another")
        } else {
            return name
        }
        return nil
    }

    func isReserved(_ lowercase: String, except allowed: String = "") -> Bool {
        if lowercase == allowed { return false }
        return Self.reserved.contains(lowercase) || Self.reservedPrefixes.contains(where: lowercase.hasPrefix)
    }

    /// A field name of RFC 9110 section 5.1, without the underscore: nginx and Envoy drop such headers, or refuse them.
    func headerToken(_ node: YAMLNode, _ key: String) -> String? {
        guard let text = name(node, key, atMost: 64) else { return nil }
        let isToken = text.value.utf8.allSatisfy { ASCII.isLetter($0) || ASCII.isDigit($0) || $0 == 0x2D }
        if isToken { return text.value }
        problems.error(
            node.position, "`\(key)` may hold letters, digits and `-`; proxies drop header names with anything else")
        return nil
    }

    /// Identity headers are removed from every request before its credential is read.
    func checkHeaders(_ settings: Settings, _ auth: Section) {
        let header = settings.auth.apiKeys.header.lowercased()
        let prefix = settings.response.identityHeaders.prefix.lowercased()
        if let reserve = settings.reserveHeader?.lowercased(), reserve == header || reserve.hasPrefix(prefix) {
            problems.error(auth.position, "`reserve_header` is the header of keys, or one of the identity headers")
        }
        guard header.hasPrefix(prefix) else { return }
        problems.error(
            auth["api_keys"]?["header"]?.position ?? auth.position,
            "`header` starts with the prefix of the identity headers, which are removed from requests")
    }
}
