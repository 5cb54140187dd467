public import Bytes
public import Domain

/// What an introspection endpoint (RFC 7662) said of a token it calls active, once our own rules have passed it.
public struct IntrospectedToken: Sendable {
    public let principal: Principal
    /// `exp`, in seconds since 1970 and rounded down; nil where the answer has none. Nothing may remember the token
    /// longer.
    public let expiresAt: Int64?
    /// SHA-256 of the client certificate the token is bound to (`cnf.x5t#S256`, RFC 8705 section 3.2).
    public let certificateThumbprint: Digest256?
    /// Thumbprint of the key whose DPoP proof must come with the token (`cnf.jkt`, RFC 9449 section 6.2).
    public let dpopThumbprint: Digest256?
    public let claims: JSONObject

    /// Judges an answer.
    ///
    /// `active` decides only where it is JSON true or false. A 401 is about our own credentials and never about the
    /// token.
    ///
    /// - Parameter now: seconds since 1970.
    public static func evaluate(
        _ answer: RemoteAnswer, policy: IntrospectionPolicy, at now: Int64
    ) -> RemoteVerdict<IntrospectedToken> {
        if answer.status == 401 { return .undecidable(.clientRefused) }
        let claims: JSONObject
        do throws(RemoteFault) {
            claims = try answer.object()
            guard let isActive = claims["active"]?.flag else { throw .badMember("active") }
            if !isActive { return .refused(.tokenInactive, claim: nil) }
        } catch {
            return .undecidable(error)
        }
        do throws(TokenRefusal) {
            return try judge(claims.withoutNulls, policy, now)
        } catch {
            return .refused(error.reason, claim: error.claim)
        }
    }

    private static func judge(
        _ claims: JSONObject, _ policy: IntrospectionPolicy, _ now: Int64
    ) throws(TokenRefusal) -> RemoteVerdict<IntrospectedToken> {
        let leeway = policy.leewaySeconds
        try refuseRefreshToken(claims)
        let issuer = try claims.text("iss")
        if let issuer, let wanted = policy.issuer, !issuer.isExactly(wanted) {
            throw TokenRefusal(.unknownIssuer, claim: "iss")
        }
        try ClaimRules.audience(claims, accepted: policy.audiences)
        let expiry = claims["exp"] == nil ? nil : try ClaimRules.expiry(claims, now: now, leeway: leeway)
        try ClaimRules.notBefore(claims, now: now, leeway: leeway)
        let confirmation = try Confirmation(claims)
        let principal = try policy.claims.principal(
            method: .oauth2, issuer: issuer ?? policy.issuer, claims: claims, subjectPrefix: policy.subjectPrefix,
            defaultRoles: policy.defaultRoles, expiresAt: expiry)
        guard policy.requiredScopes.allSatisfy({ wanted in principal.scopes.contains { $0.isExactly(wanted) } }) else {
            return .refused(.tokenScope, claim: policy.claims.scopes)
        }
        return .accepted(
            IntrospectedToken(
                principal: principal, expiresAt: expiry, certificateThumbprint: confirmation.certificateThumbprint,
                dpopThumbprint: confirmation.dpopThumbprint, claims: claims))
    }

    /// Endpoints call refresh tokens active too, whatever the hint of the question (RFC 7662 section 2.1). Where they
    /// say which kind it is, in one of three ways seen in the field, such a token opens nothing.
    private static func refuseRefreshToken(_ claims: JSONObject) throws(TokenRefusal) {
        for name in ["token_type", "token_use", "typ"] {
            if claims[name]?.text?.lowercased().hasPrefix("refresh") == true {
                throw TokenRefusal(.wrongType, claim: name)
            }
        }
    }
}

extension JSONObject {
    /// Some servers spell what they do not know as null instead of leaving it out.
    fileprivate var withoutNulls: JSONObject {
        JSONObject(members.filter { $0.value != .null }.map { ($0.key, $0.value) })
    }
}
