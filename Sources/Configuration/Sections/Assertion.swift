import Credentials

extension SettingsDecoder {
    /// `response.assertion`. Its header is one of the identity headers, so that proxies remove a client's own.
    func assertion(_ response: Section, _ identity: IdentityHeaderSettings) -> AssertionSettings? {
        guard let node = response["assertion"], let section = section(node, .assertion) else { return nil }
        require(section, "key", in: "`assertion`")
        let key = assertionKey(section)
        var settings = AssertionSettings(key: key ?? Secret([]))
        settings.algorithm = assertionAlgorithm(section, key)
        settings.ttlSeconds = integer(section, "ttl_seconds", in: 1...3_600, or: settings.ttlSeconds)
        settings.issuer = name(section, "issuer", atMost: OutboundURL.maxBytes) ?? settings.issuer
        settings.audience = name(section, "audience", atMost: OutboundURL.maxBytes)
        settings.header = assertionHeader(section, identity) ?? "\(identity.prefix)Assertion"
        settings.position = section.position
        return settings
    }

    private func assertionKey(_ section: Section) -> Secret? {
        guard let node = section["key"], let key = secret(node, "key") else { return nil }
        let text = String(decoding: key.bytes, as: UTF8.self)
        if PEMKind.begins(text, ["ENCRYPTED PRIVATE KEY"]) || text.contains("Proc-Type: 4,ENCRYPTED") {
            problems.error(node.position, "`key` is encrypted; Postern has nobody to ask for its password")
        } else if PEMKind.begins(text, ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"]) {
            do throws(KeySetFault) {
                _ = try AssertionSigner(pem: key.bytes.span)
                return key
            } catch {
                let reason = error == .badPEM ? "no private key can be read from the PEM" : error.description
                problems.error(node.position, "`key`: \(reason)")
            }
        } else {
            problems.error(node.position, "`key` holds no private key in PEM (`-----BEGIN PRIVATE KEY-----`)")
        }
        return nil
    }

    private func assertionAlgorithm(_ section: Section, _ key: Secret?) -> SignatureAlgorithm? {
        guard let node = section["algorithm"], let algorithm: SignatureAlgorithm = word(node, "algorithm") else {
            return nil
        }
        let name = algorithm.rawValue
        if !algorithm.isAsymmetric {
            problems.error(node.position, "`algorithm`: \(name) would need the agent to know the secret")
        } else if let key, (try? AssertionSigner(pem: key.bytes.span, algorithm: algorithm)) == nil {
            problems.error(node.position, "`algorithm`: this key cannot sign with \(name)")
        } else {
            return algorithm
        }
        return nil
    }

    private func assertionHeader(_ section: Section, _ identity: IdentityHeaderSettings) -> String? {
        guard let node = section["header"], let name = headerToken(node, "header") else { return nil }
        let taken = IdentityHeaderSettings.Field.allCases.map { "\(identity.prefix)\($0.headerSuffix)".lowercased() }
        if !name.lowercased().hasPrefix(identity.prefix.lowercased()) {
            problems.error(
                node.position, "`header` must start with the prefix of the identity headers, which proxies remove")
        } else if taken.contains(name.lowercased()) {
            problems.error(node.position, "`header` is an identity header already")
        } else {
            return name
        }
        return nil
    }
}
