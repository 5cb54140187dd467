import Credentials

extension SettingsDecoder {
    static let maxClaimBytes = 256
    static let maxAudiences = 64
    static let maxRequiredClaims = 64

    /// `claims`: which claim is which part of an identity. A claim left out keeps its usual name.
    func claims(_ parent: Section) -> ClaimMapping {
        let section = section(parent, "claims", .claims)
        var mapping = ClaimMapping()
        let paths: [(String, WritableKeyPath<ClaimMapping, String>)] = [
            ("user_id", \.userID), ("email", \.email), ("name", \.name), ("roles", \.roles),
            ("permissions", \.permissions), ("scopes", \.scopes), ("tenant_id", \.tenantID),
        ]
        for (key, path) in paths {
            if let claim = name(section, key, atMost: Self.maxClaimBytes) { mapping[keyPath: path] = claim }
        }
        mapping.role = name(section, "role", atMost: Self.maxClaimBytes)
        return mapping
    }

    /// `audience`: one or several, compared byte by byte.
    func audiences(_ section: Section) -> [String] {
        refuseEmpty(section, "audience", "remove it, or name one")
        return oneOrMore(section, "audience", atMost: Self.maxAudiences).compactMap { name($0, "audience")?.value }
    }

    /// A list of claims that must be there, or a mapping of claims to the text they must be.
    func requiredClaims(_ section: Section) -> [String: String?] {
        let key = "required_claims"
        var claims: [String: String?] = [:]
        guard let node = section[key] else { return claims }
        guard case .mapping(let entries) = node.content else {
            for node in items(section, key, atMost: Self.maxRequiredClaims) {
                if let claim = name(node, key, atMost: Self.maxClaimBytes) {
                    claims.updateValue(nil, forKey: claim.value)
                }
            }
            return claims
        }
        if entries.count > Self.maxRequiredClaims {
            problems.error(node.position, "`\(key)` holds more than \(Self.maxRequiredClaims) entries")
        }
        for entry in entries where !entry.value.isRefused {
            if entry.value.isNull {
                problems.error(
                    entry.keyPosition, "a claim in `\(key)` has no value; a list of names asks only for presence")
            } else if let text = name(entry.value, key) {
                claims.updateValue(text.value, forKey: entry.key)
            }
        }
        return claims
    }

    /// `default_roles`: of an identity that names none. An empty list is none at all.
    func defaultRoles(_ section: Section) -> [String] {
        section.holds("default_roles") ? grants(section, "default_roles") : [Self.defaultRole]
    }

    func subjectPrefix(_ section: Section) -> String? { name(section, "subject_prefix", atMost: 64) }
}
