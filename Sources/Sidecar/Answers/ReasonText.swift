import Domain
import HTTPWire

/// What a client is told about a denial: enough to mend the request, nothing about anybody else.
enum ReasonText {
    static func title(_ status: ResponseStatus) -> StaticString {
        switch status {
        case .badRequest: "Bad Request"
        case .unauthorized: "Unauthorized"
        case .forbidden: "Forbidden"
        case .notFound: "Not Found"
        case .requestTimeout: "Request Timeout"
        case .conflict: "Conflict"
        case .gone: "Gone"
        case .contentTooLarge: "Content Too Large"
        case .tooManyRequests: "Too Many Requests"
        case .headerFieldsTooLarge: "Request Header Fields Too Large"
        case .versionNotSupported: "HTTP Version Not Supported"
        default: "Service Unavailable"
        }
    }

    /// One sentence without quotation marks, so that it may also stand in a challenge and in `grpc-message`.
    static func detail(_ reason: DenyReason) -> StaticString {
        switch reason {
        case .malformedRequest: "The request is not valid HTTP."
        case .headTooLarge: "The request's headers are too large."
        case .tooManyHeaders: "The request has too many headers."
        case .bodyTooLarge: "The request's body is too large."
        case .unsupportedVersion: "Only HTTP/1.0 and HTTP/1.1 are spoken here."
        case .requestTimeout: "The request did not arrive in time."
        case .unknownDialect:
            "No dialect is spoken at this path; see /envoy, /nginx, /ingress-nginx, /forward, /v1/check."
        case .originalRequestMissing: "The proxy did not say which request this is about."
        case .originalRequestDoubled: "The proxy named the original request more than once."
        case .ambiguousPath: "The path could be read in more than one way."
        case .malformedDocument: "The check document is not valid."
        case .malformedReservation: "What is to be reserved is not a cost, or not of a limit that is settled."
        case .noCredential: "A credential is needed."
        case .ambiguousCredential: "The credential occurs more than once."
        case .secondCredential: "The request carries more than one credential."
        case .unknownKey: "The API key is not known."
        case .expiredKey: "The API key has expired."
        case .revokedKey: "The API key has been revoked."
        case .routeUnmatched: "No rule allows this request."
        case .methodNotAllowed: "No rule allows this method here."
        case .permissionMissing: "A permission is missing."
        case .scopeMissing: "A scope is missing."
        case .identityTooLarge: "The identity headers for this principal would be too large."
        case .overLimit: "The quota is used up for now."
        case .costNeverFits: "The request costs more than the quota ever holds."
        case .storeClosed: "Quotas cannot be checked at the moment."
        case .storeDeferred: "Quotas cannot be checked at the moment."
        case .overloaded: "Too many connections."
        case .tokenMalformed: "The token is not a well-formed JWT."
        case .tokenAlgorithm: "The token's algorithm is not accepted here."
        case .tokenIssuer: "The token's issuer is not accepted here."
        case .tokenKey: "The token's key is not one of its issuer's."
        case .tokenSignature: "The token's signature does not verify."
        case .tokenExpired: "The token has expired."
        case .tokenNotYetValid: "The token is not valid yet."
        case .tokenAudience: "The token is meant for another audience."
        case .tokenType: "The token is of another type."
        case .tokenClaim: "A claim the token needs is missing or of the wrong type."
        case .tokenInactive: "The token is not active."
        case .tokenScope: "The token lacks a scope that every token needs here."
        case .certificateMissing: "A client certificate is needed."
        case .certificateInvalid: "The client certificate is not accepted."
        case .certificateMismatch: "The token is bound to another client certificate."
        case .proofMissing: "The token needs a DPoP proof."
        case .proofInvalid: "The DPoP proof does not fit the token and the request."
        case .proofReplayed: "The DPoP proof was used before."
        case .credentialRefused: "The credential is not accepted."
        case .externallyForbidden: "The authorization service forbids this request."
        case .tooManyFailures: "Too many bad credentials from this address."
        case .undecidable: "Who is asking cannot be established at the moment."
        case .authorizationUnavailable: "Whether this is allowed cannot be established at the moment."
        case .authorizationDeferred: "Whether this is allowed cannot be established at the moment."
        case .undecidableDeferred: "Who is asking cannot be established at the moment."
        }
    }
}
