import Bytes
import Domain

/// Holds a token that has been read to its issuer's policy and keys (RFC 7519 section 7.2, RFC 8725, RFC 9068).
///
/// Pure: the clock, the keys and the policy are arguments, so the same token gives the same answer. Fetching keys,
/// remembering answers and counting failures are its callers'.
public enum TokenVerifier {
    /// - Parameters:
    ///   - token: the bytes `parsed` was read from.
    ///   - now: seconds since 1970.
    public static func verify(
        _ token: borrowing Span<UInt8>, parsed: UnverifiedToken, policy: TokenPolicy, keys: KeySet, now: Int64
    ) -> Result<VerifiedToken, TokenRefusal> {
        var reached = TokenRule.size
        do throws(TokenRefusal) {
            return .success(try verify(token, parsed, policy, keys, now, reached: &reached))
        } catch {
            return .failure(error)
        }
    }

    static func verify(
        _ token: borrowing Span<UInt8>, _ parsed: UnverifiedToken, _ policy: TokenPolicy, _ keys: KeySet,
        _ now: Int64, reached: inout TokenRule
    ) throws(TokenRefusal) -> VerifiedToken {
        reached = .size
        guard token.count <= policy.tokenBytesMax else { throw TokenRefusal(.tooLarge) }
        reached = .issuer
        try checkIssuer(parsed, policy)
        reached = .algorithm
        guard policy.algorithms.contains(parsed.algorithm) else { throw TokenRefusal(.algorithmNotAllowed) }
        reached = .type
        guard isAccepted(type: parsed.type, policy) else { throw TokenRefusal(.wrongType) }
        let key = try signingKey(token, parsed, keys, reached: &reached)
        let expiry = try checkClaims(parsed.claims, policy, now, reached: &reached)
        reached = .binding
        let confirmation = try Confirmation(parsed.claims)
        reached = .identity
        let principal = try policy.claims.principal(
            method: .jwt, issuer: parsed.issuer, claims: parsed.claims, subjectPrefix: policy.subjectPrefix,
            defaultRoles: policy.defaultRoles, defaultScopes: policy.defaultScopes,
            hasWildcardScope: policy.hasWildcardScope, expiresAt: expiry)
        return VerifiedToken(
            principal: principal, expiresAt: expiry, keyFingerprint: key.fingerprint,
            certificateThumbprint: confirmation.certificateThumbprint,
            dpopThumbprint: confirmation.dpopThumbprint, claims: parsed.claims)
    }

    private static func checkIssuer(_ parsed: UnverifiedToken, _ policy: TokenPolicy) throws(TokenRefusal) {
        guard let wanted = policy.issuer else { return }
        guard let issuer = parsed.issuer else { throw TokenRefusal(.issuerMissing) }
        guard issuer.isExactly(wanted) else { throw TokenRefusal(.unknownIssuer) }
    }

    private static func isAccepted(type: String?, _ policy: TokenPolicy) -> Bool {
        if let wanted = policy.type { return type.map { MediaType.isSame($0, wanted) } ?? false }
        return type.map { !MediaType.isOtherKind($0) } ?? true
    }

    /// The key that signed the token. Where the token names none and there are several, each is tried.
    private static func signingKey(
        _ token: borrowing Span<UInt8>, _ parsed: UnverifiedToken, _ keys: KeySet, reached: inout TokenRule
    ) throws(TokenRefusal) -> VerificationKey {
        reached = .key
        let candidates = keys.candidates(id: parsed.keyID, algorithm: parsed.algorithm)
        if candidates.isEmpty {
            throw TokenRefusal(keys.absence(id: parsed.keyID, algorithm: parsed.algorithm))
        }
        reached = .signature
        for key in candidates {
            if parsed.jws.isSigned(by: key, token: token) { return key }
        }
        throw TokenRefusal(.badSignature)
    }

    private static func checkClaims(
        _ claims: JSONObject, _ policy: TokenPolicy, _ now: Int64, reached: inout TokenRule
    ) throws(TokenRefusal) -> Int64 {
        let leeway = policy.leewaySeconds
        reached = .expiry
        let expiry = try ClaimRules.expiry(claims, now: now, leeway: leeway)
        reached = .notBefore
        try ClaimRules.notBefore(claims, now: now, leeway: leeway)
        reached = .issuedAt
        try ClaimRules.issuedAt(claims, now: now, leeway: leeway)
        reached = .audience
        // RFC 9068 section 2.2: an access token of that profile always has an audience.
        let isProfiled = policy.type.map { MediaType.isSame($0, "at+jwt") } ?? false
        try ClaimRules.audience(claims, accepted: policy.audiences, isRequired: isProfiled)
        reached = .requiredClaims
        try ClaimRules.required(policy.requiredClaims, in: claims)
        return expiry
    }
}
