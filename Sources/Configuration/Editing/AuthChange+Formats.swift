// The change in each format's words. Order matters where the keys are new: it is that of the lines written.

extension AuthChange {
    /// Postern's own file, and Dockrion's, whose words its own are.
    func applyKeyed(to text: inout EditedText, _ words: ConfigurationFormat) throws(EditFault) {
        let mode = mode ?? text.word(["auth", "mode"]) ?? "api_key"
        try text.set(["auth", "mode"], to: .text(mode))
        if !providers.isEmpty {
            try text.set(["auth", "providers"], to: .list(providers.map { .text($0) }))
        } else if words == .native, mode != "composite" {
            try text.remove(["auth", "providers"])
        }
        try applyKeys(to: &text, words, mode)
        for (key, value) in [
            ("jwks_url", jwksURL), ("public_key_env", publicKeyEnv), ("issuer", issuer), ("audience", audience),
        ] {
            if let value { try text.set(["auth", "jwt", key], to: .text(value)) }
        }
    }

    private func applyKeys(to text: inout EditedText, _ words: ConfigurationFormat, _ mode: String) throws(EditFault) {
        if words == .dockrion, envVar != nil, prefix == nil, let held = text.meaning(["auth", "api_keys", "prefix"]) {
            throw EditFault(held.position, "`prefix` is here, and Dockrion then ignores `env_var`; remove it first")
        }
        var variable = envVar
        if mode == "api_key", variable == nil, prefix == nil, !Self.namesKeys(text) { variable = words.defaultVariable }
        for (key, value) in [("env_var", variable), ("prefix", prefix), ("header", header)] {
            if let value { try text.set(["auth", "api_keys", key], to: .text(value)) }
        }
    }

    private static func namesKeys(_ text: EditedText) -> Bool {
        ["env_var", "prefix", "keys", "store"].contains { text.meaning(["auth", "api_keys", $0]) != nil }
    }

    /// Agent Gateway holds keys in a list, each by `${VAR}`.
    func applyGateway(to text: inout EditedText) throws(EditFault) {
        let mode = mode ?? text.word(["auth", "mode"]) ?? "api_key"
        try text.set(["auth", "mode"], to: .text(mode))
        if mode != "none", let enabled = text.word(["auth", "enabled"]), enabled.lowercased() != "true" {
            try text.set(["auth", "enabled"], to: .literal("true"))
        }
        let keys = text.value(["auth", "api_keys"])
        let hasKeys = text.meaning(["auth", "api_keys"]) != nil && keys?.items?.isEmpty != true
        if let variable = envVar
            ?? (mode == "api_key" && !hasKeys ? ConfigurationFormat.agentGateway.defaultVariable : nil)
        {
            try addKey(variable, to: &text, beside: keys?.items)
        }
        for (key, value) in [("issuer", issuer), ("audience", audience), ("jwks_uri", jwksURL)] {
            if let value { try text.set(["auth", "oauth2", key], to: .text(value)) }
        }
    }

    private func addKey(
        _ variable: String, to text: inout EditedText, beside items: [MarkedNode]?
    ) throws(EditFault) {
        let reference = "${\(variable)}"
        let items = items ?? []
        if items.contains(where: { $0["key"]?.text == reference }) { return }
        let isTaken = items.contains { $0["name"]?.text == "default" }
        let entry = EditValue.map([
            ("name", .text(isTaken ? variable.lowercased() : "default")), ("key", .text(reference)),
        ])
        if items.isEmpty {
            try text.set(["auth", "api_keys"], to: .list([entry]))
        } else {
            try text.append(entry, to: ["auth", "api_keys"])
        }
    }

    /// AgentFlow says all in one word; the key and the algorithm are in JWT_SECRET_KEY and JWT_ALGORITHM.
    func applyAgentFlow(to text: inout EditedText) throws(EditFault) {
        guard let mode else { return }
        try text.set(["auth"], to: mode == "none" ? .literal("null") : .text(mode))
    }
}
