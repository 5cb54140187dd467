import Bytes
import Domain

/// Agent Gateway's three error bodies (`agent_gateway/auth/middleware.py`, `auth/scopes.py`, slowapi; version 0.2.13):
/// 401 `{"error":{"code":…,"message":…}}`, and 403 and 429 `{"detail":…}`.
///
/// What it has no answer for takes the first form, which is the one it documents, with Postern's reason for a code.
enum AgentGatewayError {
    static func write(_ reason: DenyReason, _ check: Check, to writer: inout ByteWriter) {
        let detail = "\(ReasonText.detail(reason))"
        switch FrameworkErrorKind(reason, check) {
        case .missing:
            let message = "Missing or invalid Authorization header. Expected: Bearer <token>"
            writeEnvelope("auth_required", message, to: &writer)
        case .expired: writeEnvelope("invalid_credentials", "Token expired", to: &writer)
        case .key: writeEnvelope("invalid_credentials", "Invalid API key", to: &writer)
        case .token: writeEnvelope("invalid_credentials", detail, to: &writer)
        case .scope: writeDetail(scope(check), to: &writer)
        case .permission, .forbidden: writeDetail(detail, to: &writer)
        case .limit: writeDetail("Rate limit exceeded", to: &writer)
        case .other: writeEnvelope("\(reason.name)", detail, to: &writer)
        }
    }

    private static func writeEnvelope(_ code: String, _ message: String, to writer: inout ByteWriter) {
        writer.write("{\"error\":{")
        writer.write(member: "code", code)
        writer.write(",")
        writer.write(member: "message", message)
        writer.write("}}")
    }

    private static func writeDetail(_ text: String, to writer: inout ByteWriter) {
        writer.write("{")
        writer.write(member: "detail", text)
        writer.write("}")
    }

    /// The scopes as Python prints a sorted list; no scope can hold a quotation mark of either kind that Python would
    /// write otherwise but the apostrophe, which it encloses in double ones.
    private static func scope(_ check: Check) -> String {
        let lacking = MissingGrants.scopes(check).sorted().map { $0.contains("'") ? "\"\($0)\"" : "'\($0)'" }
        return "Insufficient scopes. Missing: [\(lacking.joined(separator: ", "))]"
    }
}
