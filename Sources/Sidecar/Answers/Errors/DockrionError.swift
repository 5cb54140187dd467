import Bytes
import Configuration
import Domain

/// Dockrion's error body: `{"detail":{"error":CODE,"message":…,"details":{…}}}`
/// (`dockrion_runtime/auth/exceptions.py`, version 0.0.3).
///
/// Codes and messages are its own wherever it has them. It names no reason for a scope, a missing route or a service
/// that is away; those get its base codes `AUTHORIZATION_FAILED` and `AUTH_ERROR` and Postern's sentence.
enum DockrionError {
    static func write(_ reason: DenyReason, _ check: Check, to writer: inout ByteWriter) {
        let kind = FrameworkErrorKind(reason, check)
        let (code, message) = words(kind, reason, check)
        writer.write("{\"detail\":{")
        writer.write(member: "error", code)
        writer.write(",")
        writer.write(member: "message", message)
        writer.write(",\"details\":{")
        writeDetails(kind, check, to: &writer)
        writer.write("}}}")
    }

    private static func words(
        _ kind: FrameworkErrorKind, _ reason: DenyReason, _ check: Check
    ) -> (code: String, message: String) {
        let detail = "\(ReasonText.detail(reason))"
        switch kind {
        case .missing: return ("MISSING_CREDENTIALS", missing(check.gate.snapshot.settings.auth))
        case .expired: return ("TOKEN_EXPIRED", "JWT has expired")
        case .key: return ("INVALID_CREDENTIALS", "Invalid API key")
        case .token: return ("TOKEN_INVALID", "Invalid JWT: \(detail)")
        case .permission:
            let lacking = MissingGrants.permissions(check).joined(separator: ", ")
            return ("INSUFFICIENT_PERMISSIONS", "Missing required permissions: \(lacking)")
        case .scope, .forbidden: return ("AUTHORIZATION_FAILED", detail)
        case .limit: return ("RATE_LIMIT_EXCEEDED", "Rate limit exceeded")
        case .other: return ("AUTH_ERROR", detail)
        }
    }

    private static func missing(_ auth: AuthSettings) -> String {
        guard auth.providers.contains(.apiKey) else {
            return "JWT required. Provide via 'Authorization: Bearer <token>' header"
        }
        return "API key required. Provide via '\(auth.apiKeys.header)' header or 'Authorization: Bearer <key>'"
    }

    private static func writeDetails(_ kind: FrameworkErrorKind, _ check: Check, to writer: inout ByteWriter) {
        switch kind {
        case .expired: writer.write("\"hint\":\"Request a new token from your identity provider\"")
        case .permission:
            writer.write("\"required_permissions\":[")
            for (index, name) in MissingGrants.permissions(check).enumerated() {
                if index > 0 { writer.write(",") }
                writer.write(asciiJSON: name)
            }
            writer.write("]")
        case .limit:
            writer.write("\"retry_after\":")
            if let seconds = check.report.retrySeconds { writer.write(decimal: seconds) } else { writer.write("null") }
        default: break
        }
    }
}
