/// Every way a check can end other than with "allow". One case per cause, so that a metric, a log line and an answer
/// all name the same thing; `Sidecar/Answers` is the one place that turns a case into a status.
///
/// The order is the index into per-reason counters; append only.
public enum DenyReason: UInt8, CaseIterable, Sendable, Error {
    // The request could not be understood.
    case malformedRequest, headTooLarge, tooManyHeaders, bodyTooLarge, unsupportedVersion, requestTimeout
    case unknownDialect, originalRequestMissing, originalRequestDoubled, ambiguousPath, malformedDocument
    // Who is asking could not be established.
    case noCredential, ambiguousCredential, secondCredential, unknownKey, expiredKey, revokedKey
    // Known, and not allowed.
    case routeUnmatched, methodNotAllowed, permissionMissing, scopeMissing, identityTooLarge
    // Allowed, and spent.
    case overLimit, costNeverFits
    // The limit store could not say.
    case storeClosed, storeDeferred
    // This process could not take it on.
    case overloaded
    // A JWT, or a token someone else vouches for.
    case tokenMalformed, tokenAlgorithm, tokenIssuer, tokenKey, tokenSignature, tokenExpired, tokenNotYetValid
    case tokenAudience, tokenType, tokenClaim, tokenInactive, tokenScope
    // A client certificate, or a token bound to one or to a DPoP key.
    case certificateMissing, certificateInvalid, certificateMismatch, proofMissing, proofInvalid, proofReplayed
    // Somebody else was asked: who it is, or whether they may.
    case credentialRefused, externallyForbidden
    // Bad credentials from this address have used up its share of cold work.
    case tooManyFailures
    // Nobody could be asked. Deferred where the configuration lets the proxy decide (gate.md 13).
    case undecidable, undecidableDeferred, authorizationUnavailable, authorizationDeferred
    // What a trusted proxy wants reserved could not be understood.
    case malformedReservation

    /// The word in metrics, logs, `explain` and problem documents.
    public var name: StaticString {
        switch self {
        case .malformedRequest: "malformed_request"
        case .headTooLarge: "head_too_large"
        case .tooManyHeaders: "too_many_headers"
        case .bodyTooLarge: "body_too_large"
        case .unsupportedVersion: "unsupported_version"
        case .requestTimeout: "request_timeout"
        case .unknownDialect: "unknown_dialect"
        case .originalRequestMissing: "original_request_missing"
        case .originalRequestDoubled: "original_request_doubled"
        case .ambiguousPath: "ambiguous_path"
        case .malformedDocument: "malformed_document"
        case .noCredential: "no_credential"
        case .ambiguousCredential: "ambiguous_credential"
        case .secondCredential: "second_credential"
        case .unknownKey: "unknown_key"
        case .expiredKey: "expired_key"
        case .revokedKey: "revoked_key"
        case .routeUnmatched: "route_unmatched"
        case .methodNotAllowed: "method_not_allowed"
        case .permissionMissing: "permission_missing"
        case .scopeMissing: "scope_missing"
        case .identityTooLarge: "identity_too_large"
        case .overLimit: "over_limit"
        case .costNeverFits: "cost_never_fits"
        case .storeClosed: "store_closed"
        case .storeDeferred: "store_deferred"
        case .overloaded: "overloaded"
        case .tokenMalformed: "token_malformed"
        case .tokenAlgorithm: "token_algorithm"
        case .tokenIssuer: "token_issuer"
        case .tokenKey: "token_key"
        case .tokenSignature: "token_signature"
        case .tokenExpired: "token_expired"
        case .tokenNotYetValid: "token_not_yet_valid"
        case .tokenAudience: "token_audience"
        case .tokenType: "token_type"
        case .tokenClaim: "token_claim"
        case .tokenInactive: "token_inactive"
        case .tokenScope: "token_scope"
        case .certificateMissing: "certificate_missing"
        case .certificateInvalid: "certificate_invalid"
        case .certificateMismatch: "certificate_mismatch"
        case .proofMissing: "proof_missing"
        case .proofInvalid: "proof_invalid"
        case .proofReplayed: "proof_replayed"
        case .credentialRefused: "credential_refused"
        case .externallyForbidden: "externally_forbidden"
        case .tooManyFailures: "too_many_failures"
        case .undecidable: "undecidable"
        case .authorizationUnavailable: "authorization_unavailable"
        case .authorizationDeferred: "authorization_deferred"
        case .undecidableDeferred: "undecidable_deferred"
        case .malformedReservation: "malformed_reservation"
        }
    }
}
