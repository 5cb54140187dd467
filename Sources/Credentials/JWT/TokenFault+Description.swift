extension TokenFault: CustomStringConvertible {
    /// One sentence for whoever mends the token or the configuration; it holds nothing of the token.
    public var description: String {
        switch self {
        case .notCompact: "The token is not three parts of a signed JWT; encrypted tokens are not taken."
        case .tooLarge: "The token is larger than the bound."
        case .badBase64URL: "A part is not canonical base64url without padding."
        case .badJSON: "The header or the payload is not strict JSON in UTF-8."
        case .duplicateMember: "A member occurs twice in one object."
        case .notAnObject: "The header or the payload is not a JSON object."
        case .algorithmMissing: "The header has no alg."
        case .algorithmNone: "The token is not signed: its alg is none."
        case .algorithmNotAllowed: "The alg is not one that the configuration lists."
        case .criticalHeader: "The header has crit, and no extension is understood here."
        case .compressed: "The header has zip: compressed tokens are not taken."
        case .embeddedKey: "The header brings or points to a key (jku, jwk, x5u, x5c); keys come from the issuer alone."
        case .wrongType: "The typ is not the one wanted here."
        case .nested: "The token is nested in another: its cty is JWT."
        case .badHeader: "A header parameter is of the wrong type or not acceptable."
        case .unknownIssuer: "The iss is not an issuer that the configuration lists."
        case .unknownKey: "The issuer has no key for this kid and alg."
        case .keyAlgorithmMismatch: "The issuer's key for this kid serves another alg."
        case .badSignature: "The signature does not verify."
        default: claimDescription
        }
    }

    private var claimDescription: String {
        switch self {
        case .expiryMissing: "There is no exp, and a token without an end is not taken."
        case .expired: "The token has expired."
        case .notYetValid: "The token is not valid yet (nbf)."
        case .issuedInFuture: "The token was issued in the future (iat): a clock is wrong."
        case .issuerMissing: "There is no iss."
        case .audienceMissing: "There is no aud."
        case .wrongAudience: "The aud names none of the audiences configured here."
        case .unexpectedAudience: "The token has an aud, and the configuration names no audience it could be."
        case .claimMissing: "A required claim is missing."
        case .claimWrongType: "A claim is of the wrong type."
        case .claimWrongValue: "A required claim has another value than the configuration requires."
        case .subjectMissing: "There is no subject."
        case .certificateMissing: "The token is bound to a client certificate, and none was shown."
        case .certificateMismatch: "The token is bound to another client certificate."
        case .proofMissing: "The token is bound to a key, and no DPoP proof came with it."
        case .proofInvalid: "The DPoP proof is not well formed or does not verify."
        case .proofExpired: "The DPoP proof is too old, or from the future."
        case .proofWrongRequest: "The DPoP proof is for another method or URL."
        case .proofWrongKey: "The DPoP proof is by another key than the token's."
        case .proofWrongToken: "The DPoP proof is for another token."
        default: rawValue
        }
    }
}
