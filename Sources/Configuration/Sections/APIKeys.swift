import Bytes

extension SettingsDecoder {
    /// Shorter keys can be guessed by asking (gate.md 10).
    static let minKeyBytes = 16
    static let maxKeyBytes = 4_096
    static let maxKeys = 1_000_000
    static let maxIDBytes = 128

    /// What keys must not share, while they are collected.
    struct KeyRegister {
        var ids: Set<String> = []
        var materials: Set<KeyMaterial> = []
        let allowsShort: Bool
    }

    func apiKeys(_ auth: Section, isProvider: Bool, _ mode: AuthSettings.Mode) -> APIKeySettings {
        let section = section(auth, "api_keys", .apiKeys)
        var settings = APIKeySettings()
        settings.allowBearer = flag(section, "allow_bearer", or: true)
        settings.header = keyHeader(section) ?? settings.header
        var register = KeyRegister(allowsShort: flag(section, "allow_short", or: false))
        let listed = items(section, "keys", atMost: Self.maxKeys)
        settings.keys = listed.compactMap { node in
            self.section(node, .key).flatMap { listedKey($0, &register) }
        }
        settings.keys += variableKey(section, &register)
        settings.keys += prefixedKeys(section, &register)
        if section.holds("rotation_days") {
            problems.warning(section.position(of: "rotation_days"), "`rotation_days` has no effect; use `expires_at`")
        }
        if isProvider { checkCredentials(section, auth, mode == .composite ? "the provider" : "mode") }
        return settings
    }

    /// Fails closed: without a key everybody would be refused, and that is never meant.
    private func checkCredentials(_ section: Section, _ auth: Section, _ kind: String) {
        if !flag(section, "enabled", or: true) {
            problems.error(
                section.position(of: "enabled"),
                "\(kind) api_key needs its keys; write `mode: none` to let everyone in")
        }
        let isListed = section["keys"].map { node in
            if case .sequence(let items) = node.content { return !items.isEmpty }
            return true
        }
        if isListed != true, !section.holds("env_var"), !section.holds("prefix") {
            let place = auth.holds("api_keys") ? auth.position(of: "api_keys") : auth.position
            problems.error(
                place, "no credentials: \(kind) api_key needs `api_keys` with `keys`, `env_var` or `prefix`")
        }
    }

    private func listedKey(_ section: Section, _ register: inout KeyRegister) -> KeySettings? {
        require(section, "id", in: "a key")
        let id = name(section, "id", atMost: Self.maxIDBytes)
        let material = material(section, register)
        var key = KeySettings(id: id ?? "", material: material ?? .plain(Secret([])), subject: id ?? "")
        key.subject = name(section, "subject", atMost: Self.maxIDBytes) ?? key.subject
        if section.holds("roles") { key.roles = grants(section, "roles") }
        key.scopes = grants(section, "scopes", atMost: 256)
        key.tenant = name(section, "tenant", atMost: Self.maxIDBytes)
        key.email = name(section, "email", atMost: 320)
        key.name = name(section, "name", atMost: 256)
        _ = name(section, "description")
        key.expiresAt = timestamp(section, "expires_at")
        key.revoked = flag(section, "revoked", or: false)
        if let expiry = key.expiresAt, expiry <= now {
            problems.warning(section.position(of: "expires_at"), "this key has expired already")
        }
        key.position = section.position
        guard id != nil, let material else { return nil }
        if case .plain(let secret) = material, Array(key.id.utf8) == secret.bytes {
            problems.error(
                section.position(of: "id"), "`id` is the key itself; it is logged and sent on, so choose another")
        }
        let place = section.position(of: section.holds("key") ? "key" : "sha256")
        record(key, idAt: section.position(of: "id"), materialAt: place, &register)
        return key
    }

    private func material(_ section: Section, _ register: KeyRegister) -> KeyMaterial? {
        switch (section["key"], section["sha256"]) {
        case (let key?, nil):
            return secret(key, "key").flatMap { checked($0, register, at: key.position, "`key`") }
        case (nil, let digest?):
            return self.digest(digest)
        case (_?, let digest?):
            problems.error(digest.position, "a key has `key` or `sha256`, not both")
            return nil
        case (nil, nil):
            if !section.holds("key"), !section.holds("sha256") {
                problems.error(section.position, "a key needs `key` or `sha256`")
            }
            return nil
        }
    }

    func checked(
        _ secret: Secret, _ register: KeyRegister, at position: SourcePosition, _ subject: String
    ) -> KeyMaterial? {
        if secret.bytes.count < Self.minKeyBytes, !register.allowsShort {
            let advice = "use a longer key, or `allow_short: true`"
            problems.error(position, "\(subject) is shorter than \(Self.minKeyBytes) bytes; \(advice)")
        } else if secret.bytes.count > Self.maxKeyBytes {
            problems.error(position, "\(subject) is longer than \(Self.maxKeyBytes) bytes")
        } else if let fault = Self.faultOfHeaderSecret(secret) {
            problems.error(position, "\(subject) \(fault)")
        } else if TokenShape.isToken(secret.bytes.span) {
            problems.error(
                position, "\(subject) has the shape of a JWT, and would be judged as one; choose another key")
        } else {
            if secret.bytes.count < Self.minKeyBytes, format != .native {
                problems.warning(position, "\(subject) is shorter than \(Self.minKeyBytes) bytes, and can be guessed")
            }
            return .plain(secret)
        }
        return nil
    }

    /// Why no request could show this secret in a header, or nil. A comma joins what were two headers (gate.md 8).
    static func faultOfHeaderSecret(_ secret: Secret) -> String? {
        let isFit = secret.bytes.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x2C }
        return isFit ? nil : "holds a space, a comma or a byte beyond printable ASCII, so no request could show it"
    }

    private func digest(_ node: YAMLNode) -> KeyMaterial? {
        guard let text = text(node, "sha256") else { return nil }
        let digits = text.value.utf8.compactMap { ASCII.hexValue($0) }
        guard digits.count == 64, text.value.utf8.count == 64 else {
            problems.error(node.position, "`sha256` must be 64 hexadecimal digits")
            return nil
        }
        let words = stride(from: 0, to: 64, by: 16).map { start in
            digits[start..<(start + 16)].reduce(UInt64(0)) { $0 << 4 | UInt64($1) }
        }
        return .sha256(Digest256(words[0], words[1], words[2], words[3]))
    }

    func record(
        _ key: KeySettings, idAt: SourcePosition, materialAt: SourcePosition, _ register: inout KeyRegister
    ) {
        if !register.ids.insert(key.id).inserted {
            problems.error(idAt, "key id \(Echo.word(key.id) ?? "of this entry") is taken by an earlier key")
        }
        if !register.materials.insert(key.material).inserted {
            problems.error(materialAt, "this key has the same value as an earlier one")
        }
    }

    func timestamp(_ section: Section, _ key: String) -> Int64? {
        guard let node = section[key], let text = text(node, key) else { return nil }
        if let time = Timestamp.parse(text.value) { return time }
        problems.error(node.position, "`\(key)` must be a time with its zone, as `2027-01-01T00:00:00Z`")
        return nil
    }
}
