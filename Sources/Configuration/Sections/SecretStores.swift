import Credentials

extension SettingsDecoder {
    /// `secrets`. Each store's words are its own clients': what the file leaves out is taken from the variables they
    /// read.
    func secretSettings(_ file: Section) -> SecretSettings {
        let section = section(file, "secrets", .secrets)
        var settings = SecretSettings()
        settings.refreshSeconds = integer(section, "refresh_seconds", in: 1...86_400, or: settings.refreshSeconds)
        settings.deadlineSeconds = integer(section, "deadline_seconds", in: 1...300, or: settings.deadlineSeconds)
        for (scheme, keys) in Self.storeKeys {
            guard let node = section[scheme.rawValue], let written = self.section(node, keys) else { continue }
            uses.readStores.insert(scheme)
            readStore(scheme, written, into: &settings)
        }
        return settings
    }

    private static let storeKeys: [(SecretReference.Scheme, SectionKeys)] = [
        (.vault, .secretsVault), (.aws, .secretsAWS), (.gcp, .secretsGCP), (.azure, .secretsAzure),
    ]

    private func readStore(_ scheme: SecretReference.Scheme, _ section: Section, into settings: inout SecretSettings) {
        let before = problems.errorCount
        defer { if problems.errorCount > before { uses.faultyStores.insert(scheme) } }
        switch scheme {
        case .vault: settings.vault = vaultStore(section)
        case .aws: settings.aws = amazonStore(section)
        case .gcp: settings.gcp = googleStore(section)
        case .azure: settings.azure = azureStore(section)
        }
    }

    /// The request a reference stands for. Nil where it is faulty or its store is not configured, which has been
    /// reported.
    func secretRequest(_ text: String, at position: SourcePosition, _ subject: String) -> SecretRequest? {
        do throws(SecretReference.Fault) {
            guard let reference = try SecretReference(text) else { return nil }
            // A store the file says nothing of is read from its variables, and only where somebody refers to it: what
            // is wrong with them is nobody's fault before. It is told at the reference.
            if uses.readStores.insert(reference.scheme).inserted {
                var settings = uses.settings
                readStore(reference.scheme, Section(position: position, values: [], present: []), into: &settings)
                uses.settings = settings
            }
            if uses.faultyStores.contains(reference.scheme) { return nil }
            guard let store = store(for: reference) else {
                problems.error(position, "\(subject): \(Self.missing(reference.scheme))")
                return nil
            }
            return SecretRequest(store: store, reference: reference)
        } catch {
            problems.error(position, "\(subject) \(error.words)")
            return nil
        }
    }

    private func store(for reference: SecretReference) -> SecretStore? {
        let settings = uses.settings
        switch reference.scheme {
        case .vault: return settings.vault.map { .vault($0) }
        case .aws:
            guard var store = settings.aws else { return nil }
            // An ARN says its region; one that has been configured is for names.
            if let region = AmazonName.region(ofARN: reference.name), region != store.region {
                store = amazonStore(store, in: region)
            }
            return store.region.isEmpty ? nil : .aws(store)
        case .gcp:
            guard let store = settings.gcp, GoogleName(reference.name)?.project ?? store.project != nil else {
                return nil
            }
            return .gcp(store)
        case .azure: return settings.azure.map { .azure($0) }
        }
    }

    private static func missing(_ scheme: SecretReference.Scheme) -> String {
        switch scheme {
        case .vault:
            "`vault:` needs `secrets.vault` with `address` and `token`, `token_file` or `role`, or the variables "
                + "VAULT_ADDR and VAULT_TOKEN"
        case .aws: "`aws:` needs `secrets.aws.region`, the variable AWS_REGION, or an ARN"
        case .gcp: "`gcp:` needs `secrets.gcp.project`, the variable GOOGLE_CLOUD_PROJECT, or `gcp:projects/…`"
        case .azure: "`azure:` needs a whole `secrets.azure`"
        }
    }

    // MARK: What stores share

    /// The text under `key`, or what one of the variables holds; empty ones count as unset, as their clients have it.
    func nameOrEnvironment(_ section: Section, _ key: String, _ variables: String...) -> String? {
        if section.holds(key) { return name(section, key) }
        return variables.lazy.compactMap { self.environment[$0] }.map(Self.trimmed).first {
            !$0.isEmpty && $0.utf8.count <= Self.maxTextBytes && $0.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
        }
    }

    /// The URL of a store or of who issues its logins, without a slash at its end: `https://`, or `http://` on this
    /// machine.
    func storeURL(_ section: Section, _ key: String, or fallback: String?, _ variables: String...) -> String? {
        if section.holds(key) { return outboundURL(section, key, allowsQuery: false).map(Self.withoutSlash) }
        for variable in variables {
            guard let value = environment[variable].map(Self.trimmed), !value.isEmpty else { continue }
            do throws(OutboundURL.Fault) {
                _ = try OutboundURL.check(value, allowsQuery: false)
                return Self.withoutSlash(value)
            } catch {
                problems.error(section.position, "`secrets`: the variable \(variable) \(error.reason)")
                return nil
            }
        }
        return fallback
    }

    /// The address of a metadata server. Its default is one of this machine's own link, which is why plain HTTP is
    /// right there and nowhere else.
    func metadataURL(_ section: Section, or fallback: String) -> String? {
        storeURL(section, "metadata_url", or: fallback)
    }

    /// A file that is read when we log in; it may appear later, but never has a relative path.
    func loginFile(_ section: Section, _ key: String, _ variables: String...) -> String? {
        var path = section.holds(key) ? name(section, key) : nil
        if !section.holds(key) { path = variables.lazy.compactMap { self.environment[$0] }.first { !$0.isEmpty } }
        guard let path else { return nil }
        if path.hasPrefix("/"), !path.utf8.contains(0) { return path }
        problems.error(section.position(of: key), "`\(key)` must be an absolute path")
        return nil
    }

    /// A secret of the `secrets` section itself, which cannot be kept in one of its stores.
    func loginSecret(_ section: Section, _ key: String, _ variables: String...) -> HiddenText? {
        var found: [UInt8]?
        if let node = section[key] {
            guard let text = text(node, key, isSecret: true)?.value else { return nil }
            if SecretReference.scheme(of: text) != nil {
                problems.error(node.position, "`\(key)` leads to other secrets, so it may only be a `file:` reference")
                return nil
            }
            found = secret(text, at: node.position, "`\(key)`")?.bytes
        } else {
            found = variables.lazy.compactMap { self.environment[$0] }.map(Self.trimmed).first { !$0.isEmpty }
                .map { Array($0.utf8) }
        }
        guard let found else { return nil }
        if found.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) { return HiddenText(String(decoding: found, as: UTF8.self)) }
        problems.error(section.position(of: key), "`\(key)` holds a space or a byte beyond printable ASCII")
        return nil
    }

    private static func withoutSlash(_ url: String) -> String {
        url.hasSuffix("/") ? String(url.dropLast()) : url
    }
}
