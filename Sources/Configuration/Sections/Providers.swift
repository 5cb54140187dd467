extension SettingsDecoder {
    /// A provider and where the file names it.
    struct Listed {
        var provider: AuthSettings.Provider
        var position: SourcePosition
    }

    /// The mode and who judges credentials in it. Nil if there is none, which has been reported.
    func providers(_ section: Section) -> (mode: AuthSettings.Mode, listed: [Listed])? {
        guard let node = section["mode"] else {
            if section.holds("mode") { return nil }
            refuseProviders(section)
            return (.apiKey, [Listed(provider: .apiKey, position: section.position)])
        }
        let names = AuthSettings.Provider.builtIn.map(\.name)
        guard let word = choice(node, "mode", among: ["none"] + names + ["composite"] + authenticators) else {
            return nil
        }
        if word == "composite" { return composite(section, at: node.position) }
        refuseProviders(section)
        guard word != "none" else { return (.none, []) }
        let provider = provider(word)
        return (.single(provider), [Listed(provider: provider, position: node.position)])
    }

    private func provider(_ word: String) -> AuthSettings.Provider {
        AuthSettings.Provider.builtIn.first { $0.name == word } ?? .custom(word)
    }

    private func refuseProviders(_ section: Section) {
        guard section.holds("providers") else { return }
        problems.error(section.position(of: "providers"), "`providers` goes with `mode: composite`")
    }

    private func composite(_ section: Section, at position: SourcePosition) -> (AuthSettings.Mode, [Listed])? {
        guard section.holds("providers") else {
            problems.error(position, "`mode: composite` needs `providers`, as `[api_key, jwt]`")
            return nil
        }
        refuseEmpty(section, "providers", "name at least api_key")
        let known = AuthSettings.Provider.builtIn.map(\.name) + authenticators
        var listed: [Listed] = []
        for node in items(section, "providers", atMost: 16) {
            guard let word = choice(node, "providers", among: known) else { continue }
            let next = Listed(provider: provider(word), position: node.position)
            checkOrder(next, after: listed.map(\.provider))
            listed.append(next)
        }
        guard let first = listed.first else { return nil }
        return (listed.count == 1 ? .single(first.provider) : .composite, listed)
    }

    /// Within one shape providers are asked in turn, so each must know its own credentials from another's: `api_key`
    /// does without asking anybody, and of those that ask only one can be meant.
    private func checkOrder(_ next: Listed, after earlier: [AuthSettings.Provider]) {
        let asking: [AuthSettings.Provider] = [.oauth2, .external]
        let name = next.provider.name
        if earlier.contains(next.provider) {
            problems.error(next.position, "`providers` names \(Echo.word(name) ?? "this one") twice")
        } else if next.provider == .apiKey, let asked = earlier.first(where: Self.sendsCredentials) {
            problems.error(
                next.position, "api_key goes before \(asked.name), or every key would be sent to somebody else first")
        } else if asking.contains(next.provider), let other = earlier.first(where: asking.contains) {
            problems.error(
                next.position, "\(other.name) and \(name) judge the same credentials, so only one of them can be there")
        }
    }

    /// Each provider has its section, and each section its provider.
    func checkSections(_ auth: Section, _ mode: AuthSettings.Mode, _ listed: [Listed]) {
        let providers = listed.map(\.provider)
        for entry in listed where entry.provider != .apiKey {
            let name = entry.provider.name
            guard AuthSettings.Provider.builtIn.contains(entry.provider), !auth.holds(name) else { continue }
            let subject = mode == .composite ? "the provider \(name)" : "mode \(name)"
            problems.error(entry.position, "\(subject) needs a section `\(name)`")
        }
        for provider in AuthSettings.Provider.builtIn where !providers.contains(provider) {
            let key = provider == .apiKey ? "api_keys" : provider.name
            guard auth.holds(key), !isOfUse(provider, beside: providers) else { continue }
            problems.warning(auth.position(of: key), "`\(key)` has no effect \(Self.words(for: mode))")
        }
        if auth.holds("on_undecidable"), !providers.contains(where: Self.asksSomebody) {
            problems.warning(
                auth.position(of: "on_undecidable"), "`on_undecidable` has no effect: no provider asks anybody else")
        }
        if auth.holds("failed_credentials"), providers.isEmpty {
            problems.warning(
                auth.position(of: "failed_credentials"), "`failed_credentials` has no effect \(Self.words(for: mode))")
        }
    }

    /// `mtls` without being a provider tells where the certificate of a token that is bound to one is found.
    func isOfUse(_ provider: AuthSettings.Provider, beside providers: [AuthSettings.Provider]) -> Bool {
        providers.contains(provider)
            || provider == .mtls && (providers.contains(.jwt) || providers.contains(.oauth2))
    }

    private static func asksSomebody(_ provider: AuthSettings.Provider) -> Bool {
        provider != .apiKey && provider != .mtls
    }

    /// Not `jwt`: it fetches keys, and shows nobody a credential.
    private static func sendsCredentials(_ provider: AuthSettings.Provider) -> Bool {
        provider != .jwt && asksSomebody(provider)
    }

    private static func words(for mode: AuthSettings.Mode) -> String {
        switch mode {
        case .none: "in mode none"
        case .single(let provider): "in mode \(provider.name)"
        case .composite: "unless `providers` names it"
        }
    }
}
