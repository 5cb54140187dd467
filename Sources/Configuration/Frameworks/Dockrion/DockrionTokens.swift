/// `auth.jwt`, and `auth.oauth2`, which Dockrion's schema knows and its server does not.
struct DockrionTokens {
    static let jwtKeys = SectionKeys(
        name: "auth.jwt",
        known: ["jwks_url", "public_key_env", "issuer", "audience", "algorithms", "leeway_seconds", "claims"])
    static let claimKeys = SectionKeys(
        name: "auth.jwt.claims",
        known: ["user_id", "email", "name", "roles", "permissions", "scopes", "tenant_id"])
    static let oauth2Keys = SectionKeys(
        name: "auth.oauth2", known: ["introspection_url", "client_id_env", "client_secret_env", "required_scopes"])

    let reader: FrameworkReader

    init(_ reader: FrameworkReader) { self.reader = reader }

    /// `iat` must be in every token, and without `algorithms` only RS256 signs.
    func translate(_ auth: Section) -> NativeSection {
        let section = reader.section(auth["jwt"], Self.jwtKeys)
        var native = NativeSection(at: section?.position ?? auth.position)
        guard let section else {
            reader.problems.error(auth.position, "mode jwt needs `jwt` with `jwks_url` or `public_key_env`")
            return native
        }
        addKeys(section, to: &native)
        native.add("issuer", section["issuer"])
        native.add("audience", section["audience"])
        native.add("algorithms", section["algorithms"] ?? .list(["RS256"], at: section.position))
        native.add("leeway_seconds", section["leeway_seconds"])
        native.add("required_claims", .list(["iat"], at: section.position))
        native.add("claims", claims(section))
        return native
    }

    /// `jwks_url` wins. A variable's key is a public one, or for HS* the secret.
    private func addKeys(_ section: Section, to native: inout NativeSection) {
        if section["jwks_url"] != nil {
            native.add("jwks_url", section["jwks_url"])
            if let unused = section["public_key_env"] {
                reader.problems.warning(unused.position, "`public_key_env` has no effect beside `jwks_url`")
            }
        } else if let variable = section["public_key_env"] {
            let algorithms = section["algorithms"]?.words ?? []
            let isSecret = !algorithms.isEmpty && algorithms.allSatisfy { $0.hasPrefix("HS") }
            native.add(isSecret ? "secret_env" : "public_key_env", variable)
        }
    }

    /// A claim left out keeps its usual name, `tenant_id` included.
    private func claims(_ section: Section) -> NativeSection {
        let claims = reader.section(section["claims"], Self.claimKeys)
        var native = NativeSection(at: claims?.position ?? section.position)
        for key in Self.claimKeys.known { native.add(key, claims?[key]) }
        return native
    }

    /// RFC 7662, which the documentation promises.
    func introspection(_ auth: Section) -> NativeSection {
        let section = reader.section(auth["oauth2"], Self.oauth2Keys)
        var native = NativeSection(at: section?.position ?? auth.position)
        for key in Self.oauth2Keys.known { native.add(key, section?[key]) }
        return native
    }
}
