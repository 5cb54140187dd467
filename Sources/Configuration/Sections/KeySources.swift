import Credentials

extension SettingsDecoder {
    private static let sourceKeys = ["jwks_url", "public_key_env", "public_key_file", "secret", "secret_env"]
    /// Of keys that anybody may read, and of a shared secret.
    private static let asymmetricDefaults: [SignatureAlgorithm] = [.rs256, .es256]
    private static let symmetricDefaults: [SignatureAlgorithm] = [.hs256]

    /// Where an issuer's keys come from: one place, or `issuer` alone.
    func keySource(_ section: Section, _ algorithms: [SignatureAlgorithm]) -> KeySource? {
        let sources = Self.sourceKeys.filter(section.holds)
        if sources.count > 1 {
            problems.error(
                section.position(of: sources[1]), "`\(sources[0])` is another source of keys; keep one of the two")
            return nil
        }
        switch sources.first {
        case "jwks_url": return outboundURL(section, "jwks_url").map { .jwksURL($0) }
        case "public_key_env":
            return variable(section, "public_key_env").flatMap { found in
                publicKeys(Array(found.value.utf8), at: found.position, "the value of `public_key_env`", algorithms)
            }
        case "public_key_file":
            guard let file = pemFile(section, "public_key_file", .publicKeys) else { return nil }
            let position = section["public_key_file"]?.position ?? section.position
            return publicKeys(file.bytes, at: position, "the file of `public_key_file`", algorithms)
        case .some: return sharedSecret(section, algorithms)
        case nil: return discovery(section)
        }
    }

    private func discovery(_ section: Section) -> KeySource? {
        guard section.holds("issuer") else {
            problems.error(
                section.position,
                "no keys: name `issuer` for discovery, or one of \(Self.sourceKeys.joined(separator: ", "))")
            return nil
        }
        return outboundURL(section, "issuer", allowsQuery: false).map { .discovery(issuer: $0) }
    }

    private func publicKeys(
        _ bytes: [UInt8], at position: SourcePosition, _ subject: String, _ algorithms: [SignatureAlgorithm]
    ) -> KeySource? {
        guard checkedPEM(bytes, .publicKeys, at: position, subject) else { return nil }
        do throws(KeySetFault) {
            _ = try KeySet(pem: bytes.span, algorithms: algorithms)
            return .pem(bytes)
        } catch {
            problems.error(position, "\(subject): \(error.description)")
            return nil
        }
    }

    /// Shorter than the digest, and it is easier to guess than the signature is to forge (RFC 7518, 3.2).
    private func sharedSecret(_ section: Section, _ algorithms: [SignatureAlgorithm]) -> KeySource? {
        guard let secret = secretOrVariable(section, "secret") else { return nil }
        let key = section.holds("secret") ? "secret" : "secret_env"
        guard let algorithm = algorithms.first else { return nil }
        if secret.bytes.count >= algorithm.digestBytes { return .secret(secret) }
        problems.error(
            section[key]?.position ?? section.position,
            "the secret of `\(key)` is shorter than \(algorithm.digestBytes) bytes, the digest of \(algorithm.rawValue)"
        )
        return nil
    }

    /// The configuration's list, never the token's word (RFC 8725, 3.1).
    func algorithms(_ section: Section, isSymmetric: Bool) -> [SignatureAlgorithm] {
        let fallback = isSymmetric ? Self.symmetricDefaults : Self.asymmetricDefaults
        guard section.holds("algorithms") else { return fallback }
        refuseEmpty(section, "algorithms", "every token would be refused")
        var result: [SignatureAlgorithm] = []
        for node in oneOrMore(section, "algorithms", atMost: 16) {
            guard let algorithm = algorithm(node) else { continue }
            let name = algorithm.rawValue
            if !algorithm.isAsymmetric, !isSymmetric {
                problems.error(
                    node.position,
                    "\(name) needs `secret` or `secret_env`: with a public key for a secret anybody could sign")
            } else if algorithm.isAsymmetric, isSymmetric {
                problems.error(node.position, "\(name) needs a public key; a secret is for HS256, HS384 and HS512")
            } else if result.contains(algorithm) {
                problems.error(node.position, "`algorithms` names \(name) twice")
            } else if isSymmetric, let other = result.first {
                problems.error(node.position, "a secret serves one algorithm, and \(other.rawValue) is listed before")
            } else {
                result.append(algorithm)
            }
        }
        return result.isEmpty ? fallback : result
    }

    private func algorithm(_ node: YAMLNode) -> SignatureAlgorithm? {
        if case .scalar(let raw, _) = node.content, raw.lowercased() == "none" {
            problems.error(node.position, "`algorithms`: `none` is no signature, and is never accepted")
            return nil
        }
        return word(node, "algorithms")
    }
}
