import Credentials

extension SettingsDecoder {
    static let maxCertificateRoles = 10_000

    /// What the rest of the file offers to certificates.
    struct CertificateSurroundings {
        /// A listener asks for client certificates.
        var hasClientCA: Bool
        /// Somebody's word is believed.
        var trustsProxies: Bool
    }

    func mtls(_ auth: Section, _ around: CertificateSurroundings) -> CertificateSettings? {
        guard let node = auth["mtls"], let section = section(node, .mtls) else { return nil }
        let sources = certificateSources(section, around)
        var settings = CertificateSettings(sources: sources)
        settings.caPEM = pemFile(section, "ca_file", .certificates)?.bytes
        settings.crlPEM = pemFile(section, "crl_file", .revocations)?.bytes
        checkFiles(section, settings)
        checkAuthorities(section, sources)
        refuseEmpty(section, "identity", "name at least one, as spiffe")
        let identities: [CertificateIdentity.Kind] = distinctWords(section, "identity")
        if !identities.isEmpty { settings.identities = identities }
        settings.roles = items(section, "roles", atMost: Self.maxCertificateRoles).compactMap { node in
            self.section(node, .certificateRole).flatMap(certificateRole)
        }
        settings.defaultRoles = defaultRoles(section)
        settings.subjectPrefix = subjectPrefix(section)
        settings.position = section.position
        return settings
    }

    private func certificateSources(
        _ section: Section, _ around: CertificateSurroundings
    ) -> [CertificateSettings.Source] {
        require(section, "sources", in: "`mtls`")
        refuseEmpty(section, "sources", "no certificate would ever be found")
        let sources: [CertificateSettings.Source] = distinctWords(section, "sources")
        let position = section["sources"]?.position ?? section.position
        if sources.contains(.tls), !around.hasClientCA {
            problems.error(position, "the source tls needs a listener with `tls.client_ca`")
        }
        if let forwarded = sources.first(where: { $0 != .tls }), !around.trustsProxies {
            problems.error(
                position, "the source \(forwarded.rawValue) is believed of `trusted_proxies` only, and there are none")
        }
        return sources
    }

    /// A forwarded certificate proves nothing by itself: whoever forwards it may not have verified it.
    private func checkAuthorities(_ section: Section, _ sources: [CertificateSettings.Source]) {
        let forwarded = sources.first { $0 == .nginx || $0 == .clientCert }
        if let forwarded, !section.holds("ca_file") {
            problems.error(section.position, "the source \(forwarded.rawValue) needs `ca_file`")
        }
        if sources == [.tls] {
            for (key, other) in [("ca_file", "client_ca"), ("crl_file", "crl")] where section.holds(key) {
                problems.warning(
                    section.position(of: key), "`\(key)` has no effect on the source tls; it is `tls.\(other)` there")
            }
        } else if section.holds("crl_file"), !section.holds("ca_file") {
            problems.error(section.position(of: "crl_file"), "`crl_file` needs `ca_file`")
        }
    }

    /// Read as they will be, so that a fault in one is told here.
    private func checkFiles(_ section: Section, _ settings: CertificateSettings) {
        guard let caPEM = settings.caPEM else { return }
        do throws(CertificateTrustFault) {
            _ = try CertificateVerifier(caPEM: caPEM, crlPEM: settings.crlPEM)
        } catch {
            let isList = error == .badRevocationLists || error == .noRevocationList
            let key = isList ? "crl_file" : "ca_file"
            problems.error(section[key]?.position ?? section.position, "the file of `\(key)`: \(error)")
        }
    }

    private func certificateRole(_ section: Section) -> CertificateRoleSettings? {
        for key in ["pattern", "roles"] { require(section, key, in: "an entry of `mtls.roles`") }
        let roles = grants(section, "roles")
        let tenant = name(section, "tenant", atMost: Self.maxIDBytes)
        guard let node = section["pattern"], let text = name(node, "pattern")?.value else { return nil }
        guard let pattern = CertificatePattern(text) else {
            problems.error(
                node.position,
                "`pattern` may hold up to \(CertificatePattern.bytesMax) bytes of printable ASCII, with `*` and `**`")
            return nil
        }
        return CertificateRoleSettings(pattern: pattern, roles: roles, tenant: tenant, position: section.position)
    }

    /// One word or a list of them, each once.
    private func distinctWords<W>(_ section: Section, _ key: String) -> [W]
    where W: RawRepresentable<String> & CaseIterable & Equatable {
        var result: [W] = []
        for node in oneOrMore(section, key, atMost: 8) {
            guard let word: W = word(node, key) else { continue }
            if result.contains(word) { problems.error(node.position, "`\(key)` names \(word.rawValue) twice") }
            result.append(word)
        }
        return result
    }
}
