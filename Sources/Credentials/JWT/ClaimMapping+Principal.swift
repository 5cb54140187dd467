public import Bytes
public import Domain

extension ClaimMapping {
    /// The principal that verified claims describe.
    ///
    /// - Parameters:
    ///   - subjectPrefix: put before the subject; see `TokenPolicy`.
    ///   - defaultRoles: the roles of whoever has none in the claims.
    ///   - defaultScopes: the scopes where the claim is absent; one that is empty grants none.
    ///   - hasWildcardScope: whether `*` among the claim's scopes stays, which grants every one.
    /// - Throws: `subjectMissing`, or `claimWrongType` with the claim's configured name.
    public func principal(
        method: AuthenticationMethod, issuer: String?, claims: JSONObject, subjectPrefix: String? = nil,
        defaultRoles: [String] = [], defaultScopes: [String] = [], hasWildcardScope: Bool = true,
        expiresAt: Int64?
    ) throws(TokenRefusal) -> Principal {
        guard let subject = try claims.text(userID), !subject.isEmpty else {
            throw TokenRefusal(.subjectMissing, claim: userID)
        }
        var named = try claims.words(roles)
        if let role, try claims.claim(roles) == nil { named = try claims.words(role) }
        var granted = try claims.claim(scopes) == nil ? defaultScopes : try claims.words(scopes)
        if !hasWildcardScope, try claims.claim(scopes) != nil { granted.removeAll { $0 == "*" } }
        return Principal(
            method: method, issuer: issuer, subject: subjectPrefix.map { $0 + subject } ?? subject,
            email: try claims.text(email), name: try claims.text(name), tenant: try claims.text(tenantID),
            roles: named.isEmpty ? defaultRoles : named, permissions: try claims.words(permissions),
            scopes: granted, expiresAt: expiresAt)
    }
}
