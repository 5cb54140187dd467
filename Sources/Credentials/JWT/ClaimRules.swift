import Bytes

/// What the registered claims (RFC 7519 section 4.1) are held to. The same for a JWT and for an introspection answer.
///
/// No rule adds to a number that came from outside: the leeway goes to our own clock's side.
enum ClaimRules {
    /// `exp`, which must be there and lie ahead of us. Rounded down, so never kept longer than it says.
    static func expiry(_ claims: JSONObject, now: Int64, leeway: Int64) throws(TokenRefusal) -> Int64 {
        guard let expiry = try NumericDate.claim("exp", of: claims, rounding: .down) else {
            throw TokenRefusal(.expiryMissing)
        }
        guard now - leeway < expiry else { throw TokenRefusal(.expired) }
        return expiry
    }

    static func notBefore(_ claims: JSONObject, now: Int64, leeway: Int64) throws(TokenRefusal) {
        guard let start = try NumericDate.claim("nbf", of: claims, rounding: .up) else { return }
        guard start <= now + leeway else { throw TokenRefusal(.notYetValid) }
    }

    /// A token from the future means that a clock is wrong, and then `exp` means little. Rounded down: a token of the
    /// second that is running is not from the future.
    static func issuedAt(_ claims: JSONObject, now: Int64, leeway: Int64) throws(TokenRefusal) {
        guard let issued = try NumericDate.claim("iat", of: claims, rounding: .down) else { return }
        guard issued <= now + leeway else { throw TokenRefusal(.issuedInFuture) }
    }

    /// `aud`, a string or a list of them, must name one of `accepted`. Where nothing is accepted it must not be there:
    /// the token is meant for somebody, and that is not us (RFC 7519 section 4.1.3).
    static func audience(
        _ claims: JSONObject, accepted: [String], isRequired: Bool = false
    ) throws(TokenRefusal) {
        guard let value = claims["aud"] else {
            if isRequired || !accepted.isEmpty { throw TokenRefusal(.audienceMissing) }
            return
        }
        let audiences = try audiences(value)
        if accepted.isEmpty { throw TokenRefusal(.unexpectedAudience) }
        if audiences.isEmpty { throw TokenRefusal(.audienceMissing) }
        guard audiences.contains(where: { audience in accepted.contains { $0.isExactly(audience) } }) else {
            throw TokenRefusal(.wrongAudience)
        }
    }

    private static func audiences(_ value: JSONValue) throws(TokenRefusal) -> [String] {
        if let one = value.text { return [one] }
        guard let elements = value.elements else { throw TokenRefusal(.claimWrongType, claim: "aud") }
        var audiences: [String] = []
        for element in elements {
            guard let text = element.text else { throw TokenRefusal(.claimWrongType, claim: "aud") }
            audiences.append(text)
        }
        return audiences
    }

    /// Each claim must be there and, where a value is wanted, be it or have it among its elements. Of several that
    /// are wrong the first by name is reported, so that the report does not change from run to run.
    static func required(_ wanted: [String: String?], in claims: JSONObject) throws(TokenRefusal) {
        var refusal: TokenRefusal?
        for (path, value) in wanted where path < refusal?.claim ?? "\u{10FFFF}" {
            guard let claim = try claims.claim(path) else {
                refusal = TokenRefusal(.claimMissing, claim: path)
                continue
            }
            if let value, !holds(claim, value) { refusal = TokenRefusal(.claimWrongValue, claim: path) }
        }
        if let refusal { throw refusal }
    }

    /// A boolean or a number has the value of its JSON text: `email_verified: true`.
    private static func holds(_ claim: JSONValue, _ value: String) -> Bool {
        switch claim {
        case .string(let text): text.isExactly(value)
        case .bool(let flag): value == (flag ? "true" : "false")
        case .number(let number): number.text.isExactly(value)
        case .array(let elements): elements.contains { $0.elements == nil && holds($0, value) }
        case .null, .object: false
        }
    }
}
