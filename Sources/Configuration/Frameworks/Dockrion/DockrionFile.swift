/// `Dockfile.yaml` of Dockrion 0.0.3: `auth` in Postern's words, and its endpoints as routes.
///
/// The whole file passes through `${VAR}` and `${VAR:-default}` in Dockrion; here that part of it does which is read.
/// What differs from what Dockrion documents or does is in docs/frameworks.md.
struct DockrionFile {
    static let rootKeys = SectionKeys(
        name: "",
        known: [
            "version", "agent", "io_schema", "arguments", "policies", "auth", "observability", "expose", "metadata",
            "secrets", "build", "streaming",
        ])
    static let authKeys = SectionKeys(
        name: "auth",
        known: [
            "mode", "api_keys", "jwt", "oauth2", "roles", "rate_limits", "rate_limit_backend", "public_paths", "strict",
        ])
    static let modes = ["none", "api_key", "jwt", "oauth2"]

    let reader: FrameworkReader

    init(_ reader: FrameworkReader) { self.reader = reader }

    func translate(_ root: YAMLNode) -> NativeSection? {
        guard let file = reader.section(root, Self.rootKeys) else { return nil }
        var native = NativeSection(at: root.position)
        native.add("preflight", word: "allow")
        if root["auth"]?.isNull == true {
            reader.problems.warning(file.position(of: "auth"), "`auth` is null: everybody may do everything")
            var auth = NativeSection(at: file.position(of: "auth"))
            auth.add("mode", word: "none")
            native.add("auth", auth)
            addRoutes(to: &native, nil)
        } else if file.holds("auth"), let auth = reader.section(file["auth"], Self.authKeys) {
            native.add("auth", translate(auth))
            addRoutes(to: &native, auth)
        }
        return native
    }

    private func translate(_ auth: Section) -> NativeSection {
        var native = NativeSection(at: auth.position)
        let place = auth["mode"]?.position ?? auth.position
        guard let mode = reader.choice(auth, "mode", among: Self.modes, or: "api_key") else { return native }
        native.add("mode", .word(mode, at: place))
        native.add("public_paths", auth["public_paths"])
        switch mode {
        case "api_key": native.add("api_keys", DockrionKeys(reader).translate(auth))
        case "jwt": native.add("jwt", DockrionTokens(reader).translate(auth))
        case "oauth2": native.add("oauth2", DockrionTokens(reader).introspection(auth))
        default: break
        }
        native.add("roles", DockrionRoles(reader).roles(auth, mode: mode))
        native.add("rate_limits", auth["rate_limits"])
        native.add("rate_limit_backend", auth["rate_limit_backend"])
        return native
    }

    /// Without `roles` a credential is all that Dockrion asks for, and so it is here: who has none defined means
    /// none. With them, each endpoint needs its permission.
    private func addRoutes(to native: inout NativeSection, _ auth: Section?) {
        let place = auth?.position ?? native.position
        let isNone = auth.map { reader.text($0, "mode") == "none" } ?? true
        let guards = auth?["roles"] != nil && !isNone
        let routes = DockrionRoutes.all(isStrict: reader.isStrict(auth)).map { preset in
            preset.node(at: place, grantsAre: guards ? "permissions" : nil)
        }
        native.add("routes", .list(routes, at: place))
    }
}
