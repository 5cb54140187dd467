/// What a token is held to, in the order it is held to it: the first rule it breaks is the reason it is refused.
public enum TokenRule: String, CaseIterable, Sendable {
    // Reading it, which needs no configuration beyond the size.
    case size, form, header, encoding, payload
    // Whose it is, and whether they signed it.
    case issuer, algorithm, type, key, signature
    // Whether it holds here and now.
    case expiry, notBefore = "not_before", issuedAt = "issued_at", audience
    case requiredClaims = "required_claims", binding, identity
}
