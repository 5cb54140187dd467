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
        }
    }
}
