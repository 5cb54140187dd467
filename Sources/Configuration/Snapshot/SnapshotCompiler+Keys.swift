import Bytes
import Credentials
import Domain

/// A key as checks know it: a digest, a validity, and who it stands for.
struct CompiledKey {
    var digest: Digest256
    var validity: APIKeyValidity
    var principal: Principal
}

extension SnapshotCompiler {
    /// All keys, in the order of the settings. One key listed twice, plain and as its digest, is refused.
    mutating func compileKeys() -> [CompiledKey] {
        guard settings.auth.providers.contains(.apiKey) else { return [] }
        var seen: [Digest256: String] = [:]
        var keys: [CompiledKey] = []
        for key in settings.auth.apiKeys.keys {
            let digest = digest(of: key.material)
            if let other = seen.updateValue(key.id, forKey: digest) {
                fail(key.position, "the keys '\(other)' and '\(key.id)' are one and the same")
            }
            let validity = APIKeyValidity(expiresAt: key.expiresAt, isRevoked: key.revoked)
            keys.append(CompiledKey(digest: digest, validity: validity, principal: principal(of: key)))
        }
        return keys
    }

    private func digest(of material: KeyMaterial) -> Digest256 {
        switch material {
        case .plain(let secret): sha256.digest(secret.bytes.span)
        case .sha256(let digest): digest
        }
    }

    private func principal(of key: KeySettings) -> Principal {
        Principal(
            method: .apiKey, subject: key.subject, keyID: key.id, email: key.email, name: key.name,
            tenant: key.tenant, roles: key.roles, scopes: key.scopes, expiresAt: key.expiresAt)
    }

    /// On public paths anonymous is nobody; in mode `none` everybody is anonymous, with the role `default`.
    func anonymousPrincipal() -> Principal {
        guard settings.auth.mode == .none else { return .anonymous }
        return Principal(method: .none, roles: ["default"])
    }
}
