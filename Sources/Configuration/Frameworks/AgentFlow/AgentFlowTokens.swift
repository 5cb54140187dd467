/// `"auth": "jwt"`: one secret and one algorithm, both in the environment.
struct AgentFlowTokens {
    static let secret = "JWT_SECRET_KEY"
    static let algorithm = "JWT_ALGORITHM"
    static let issuer = "JWT_ISSUER"
    static let audience = "JWT_AUDIENCE"
    /// Under roles AgentFlow heeds nothing a token grants itself, so this claim is one that no token has.
    static let noClaim = "postern:none"

    let reader: FrameworkReader

    init(_ reader: FrameworkReader) { self.reader = reader }

    /// The user is the claim `user_id`, and the clocks must agree to the second.
    func translate(at position: SourcePosition, _ grants: AgentFlowGrants) -> NativeSection {
        var native = NativeSection(at: position)
        let algorithm = SettingsDecoder.trimmed(reader.environment[Self.algorithm] ?? "")
        if algorithm.isEmpty {
            reader.problems.error(position, "`jwt` needs the environment variable \(Self.algorithm)")
        }
        let isSecret = algorithm.isEmpty || algorithm.hasPrefix("HS")
        native.add(isSecret ? "secret_env" : "public_key_env", .word(Self.secret, at: position))
        native.add("algorithms", .list([algorithm.isEmpty ? "HS256" : algorithm], at: position))
        native.add("issuer", optional(Self.issuer, at: position))
        native.add("audience", optional(Self.audience, at: position))
        native.add("leeway_seconds", word: "0")
        native.add("default_roles", .list([String](), at: position))
        if !grants.areByRole { native.add("default_scopes", .list(["*"], at: position)) }
        // In a token `*` is a scope like any other there, and no endpoint asks for it.
        if !grants.areByRole { native.add("scope_wildcard", word: "false") }
        var claims = NativeSection(at: position)
        claims.add("user_id", word: "user_id")
        claims.add("role", word: "role")
        claims.add("scopes", word: grants.areByRole ? Self.noClaim : "scopes")
        claims.add("permissions", word: Self.noClaim)
        native.add("claims", claims)
        return native
    }

    private func optional(_ variable: String, at position: SourcePosition) -> YAMLNode? {
        guard let value = reader.environment[variable], !value.isEmpty else { return nil }
        return .variable(variable, at: position)
    }
}
