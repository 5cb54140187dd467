public import Domain

/// Every way a token or a proof is refused. The raw values are the words of `token inspect`, logs and vectors.
public enum TokenFault: String, CaseIterable, Error, Sendable {
    // It cannot be read.
    case notCompact = "not_compact"
    case tooLarge = "too_large"
    case badBase64URL = "bad_base64url"
    case badJSON = "bad_json"
    case duplicateMember = "duplicate_member"
    case notAnObject = "not_an_object"
    // Its header is not acceptable to anybody.
    case algorithmMissing = "algorithm_missing"
    case algorithmNone = "algorithm_none"
    case algorithmNotAllowed = "algorithm_not_allowed"
    case criticalHeader = "critical_header"
    case compressed = "compressed"
    case embeddedKey = "embedded_key"
    case wrongType = "wrong_type"
    case nested = "nested"
    case badHeader = "bad_header"
    // It is not signed by a key of its issuer.
    case unknownIssuer = "unknown_issuer"
    case unknownKey = "unknown_key"
    case keyAlgorithmMismatch = "key_algorithm_mismatch"
    case badSignature = "bad_signature"
    // What it claims does not hold here and now.
    case expiryMissing = "expiry_missing"
    case expired = "expired"
    case notYetValid = "not_yet_valid"
    case issuedInFuture = "issued_in_future"
    case issuerMissing = "issuer_missing"
    case audienceMissing = "audience_missing"
    case wrongAudience = "wrong_audience"
    case unexpectedAudience = "unexpected_audience"
    case claimMissing = "claim_missing"
    case claimWrongType = "claim_wrong_type"
    case claimWrongValue = "claim_wrong_value"
    case subjectMissing = "subject_missing"
    // It is bound to something that was not shown.
    case certificateMissing = "certificate_missing"
    case certificateMismatch = "certificate_mismatch"
    case proofMissing = "proof_missing"
    case proofInvalid = "proof_invalid"
    case proofExpired = "proof_expired"
    case proofWrongRequest = "proof_wrong_request"
    case proofWrongKey = "proof_wrong_key"
    case proofWrongToken = "proof_wrong_token"
}

extension TokenFault {
    /// What a client hears of it, coarser than the fault.
    public var reason: DenyReason {
        switch self {
        case .notCompact, .tooLarge, .badBase64URL, .badJSON, .duplicateMember, .notAnObject, .criticalHeader,
            .compressed, .embeddedKey, .nested, .badHeader:
            .tokenMalformed
        case .algorithmMissing, .algorithmNone, .algorithmNotAllowed, .keyAlgorithmMismatch: .tokenAlgorithm
        case .wrongType: .tokenType
        case .unknownIssuer, .issuerMissing: .tokenIssuer
        case .unknownKey: .tokenKey
        case .badSignature: .tokenSignature
        case .expired: .tokenExpired
        case .notYetValid, .issuedInFuture: .tokenNotYetValid
        case .audienceMissing, .wrongAudience, .unexpectedAudience: .tokenAudience
        case .expiryMissing, .claimMissing, .claimWrongType, .claimWrongValue, .subjectMissing: .tokenClaim
        case .certificateMissing: .certificateMissing
        case .certificateMismatch: .certificateMismatch
        case .proofMissing: .proofMissing
        case .proofInvalid, .proofExpired, .proofWrongRequest, .proofWrongKey, .proofWrongToken: .proofInvalid
        }
    }
}

/// Why a token or a proof is refused and, where it is about one claim, which.
public struct TokenRefusal: Error, Equatable, Sendable {
    public var fault: TokenFault
    /// A claim's name or configured path: ours or the specification's, never text from the token.
    public var claim: String?

    public init(_ fault: TokenFault, claim: String? = nil) {
        self.fault = fault
        self.claim = claim
    }

    public var reason: DenyReason { fault.reason }

    /// One sentence that helps and holds nothing of the token.
    public var description: String {
        claim.map { "\(fault.description) (\($0))" } ?? fault.description
    }
}
