import Domain
import HTTPWire

/// The one place that turns a reason to deny into a status: what it means, and what each proxy must hear.
enum StatusTable {
    /// What the client should hear (RFC 9110 section 15, RFC 6585).
    static func status(of reason: DenyReason) -> ResponseStatus {
        switch reason {
        case .malformedRequest, .originalRequestMissing, .originalRequestDoubled, .ambiguousPath, .malformedDocument,
            .malformedReservation:
            .badRequest
        case .headTooLarge, .tooManyHeaders: .headerFieldsTooLarge
        case .bodyTooLarge: .contentTooLarge
        case .unsupportedVersion: .versionNotSupported
        case .requestTimeout: .requestTimeout
        case .unknownDialect: .notFound
        case .noCredential, .ambiguousCredential, .secondCredential, .unknownKey, .expiredKey, .revokedKey:
            .unauthorized
        case .routeUnmatched, .methodNotAllowed, .permissionMissing, .scopeMissing, .identityTooLarge: .forbidden
        case .overLimit, .costNeverFits, .tooManyFailures: .tooManyRequests
        case .storeClosed, .storeDeferred, .overloaded: .serviceUnavailable
        case .undecidable, .undecidableDeferred: .serviceUnavailable
        case .authorizationUnavailable, .authorizationDeferred: .serviceUnavailable
        case .tokenMalformed, .tokenAlgorithm, .tokenIssuer, .tokenKey, .tokenSignature, .tokenExpired: .unauthorized
        case .tokenNotYetValid, .tokenAudience, .tokenType, .tokenClaim, .tokenInactive: .unauthorized
        case .certificateMissing, .certificateInvalid, .certificateMismatch: .unauthorized
        case .proofMissing, .proofInvalid, .proofReplayed, .credentialRefused: .unauthorized
        case .tokenScope, .externallyForbidden: .forbidden
        }
    }

    /// The status line this proxy is sent.
    ///
    /// Envoy takes any 5xx for "the check failed" and falls back on its own failure mode, which a client must not be
    /// able to cause: only those that mean just that (`isDeferred`) may be one (gate.md 13, 17). nginx turns whatever
    /// is not 2xx, 401 or 403 into the client's 500; the real status travels in X-Authz-Status (gate.md 18).
    static func wireStatus(of reason: DenyReason, for dialect: Dialect?) -> ResponseStatus {
        let status = status(of: reason)
        switch dialect {
        case .envoy:
            return status.rawValue < 500 || isDeferred(reason) ? status : .forbidden
        case .nginx, .ingressNginx: return status == .unauthorized ? .unauthorized : .forbidden
        case .forward, .json, nil: return status
        }
    }

    /// The configuration lets the proxy decide what becomes of it.
    static func isDeferred(_ reason: DenyReason) -> Bool {
        reason == .storeDeferred || reason == .undecidableDeferred || reason == .authorizationDeferred
    }

    /// The status the client ends up with, which is what a problem document must say (RFC 9457 section 3.1.2): nginx's
    /// recipe restores the real one, every other proxy passes on what it is sent.
    static func clientStatus(of reason: DenyReason, through dialect: Dialect?) -> ResponseStatus {
        switch dialect {
        case .nginx, .ingressNginx: status(of: reason)
        default: wireStatus(of: reason, for: dialect)
        }
    }

    /// What a gRPC client understands: UNAUTHENTICATED, RESOURCE_EXHAUSTED, UNAVAILABLE, else PERMISSION_DENIED
    /// (gate.md 19).
    static func grpcStatus(of reason: DenyReason) -> Int64 {
        switch status(of: reason) {
        case .unauthorized: 16
        case .tooManyRequests: 8
        case .serviceUnavailable: 14
        default: 7
        }
    }
}
