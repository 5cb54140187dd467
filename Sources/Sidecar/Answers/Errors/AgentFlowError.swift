import Bytes
import Configuration
import Domain
import Limits
import Telemetry

/// AgentFlow's error body (version 0.6.1): `{"error":{"code":…,"message":…,"details":[]},"metadata":{…}}`, and for a
/// limit the fields that its middleware adds.
///
/// A missing credential is `REVOKED_TOKEN` there, and whatever has no code of its own `HTTPException`. Its server makes
/// an id up for each request, but for limits, whose body says `unknown`; here it is the one the request came with.
enum AgentFlowError {
    static func write(
        _ reason: DenyReason, _ check: Check, _ request: borrowing Span<UInt8>, wallSeconds: Int64,
        to writer: inout ByteWriter
    ) {
        let kind = FrameworkErrorKind(reason, check)
        if kind == .limit, let limit = check.report.tightestLimit {
            return writeLimit(check.spend.table.limits[limit].quota.quota, check, to: &writer)
        }
        let (code, message) = words(kind, reason, check)
        writer.write("{\"error\":{")
        writer.write(member: "code", code)
        writer.write(",")
        writer.write(member: "message", message)
        writer.write(",\"details\":[]},\"metadata\":{\"request_id\":\"")
        writeID(check.request.requestID, request, to: &writer)
        writer.write("\",")
        // Without a zone, as `datetime.isoformat` writes it.
        let time = Timestamp.text(seconds: Int(wallSeconds), nanoseconds: 0).dropLast()
        writer.write(member: "timestamp", String(time))
        writer.write(",")
        writer.write(member: "message", message)
        writer.write("}}")
    }

    private static func writeID(_ id: ByteRange, _ request: borrowing Span<UInt8>, to writer: inout ByteWriter) {
        if id.count == 0 { return writer.write("unknown") }
        for index in id.bounds { writer.write(jsonByte: request[index]) }
    }

    private static func words(
        _ kind: FrameworkErrorKind, _ reason: DenyReason, _ check: Check
    ) -> (code: String, message: String) {
        switch kind {
        case .missing: return ("REVOKED_TOKEN", "Invalid token, please login again")
        case .expired: return ("EXPIRED_TOKEN", "Token has expired, please login again")
        case .token where reason == .tokenClaim: return ("INVALID_TOKEN", claim(check))
        case .key, .token: return ("INVALID_TOKEN", "Invalid token, please login again")
        case .scope:
            let lacking = MissingGrants.scopes(check).joined(separator: " ")
            return ("HTTPException", lacking.isEmpty ? text(reason) : "Missing required scope: \(lacking)")
        case .limit: return ("RATE_LIMIT_EXCEEDED", text(reason))
        case .permission, .forbidden, .other: return ("HTTPException", text(reason))
        }
    }

    private static func claim(_ check: Check) -> String {
        // Of the claims it looks at, only this one has a message of its own.
        check.refusal?.claim == "user_id" ? "Invalid token, user_id missing" : "Invalid token, please login again"
    }

    private static func text(_ reason: DenyReason) -> String { "\(ReasonText.detail(reason))" }

    /// `limit` requests a window, in the words of its rate limiter.
    private static func writeLimit(_ quota: Quota, _ check: Check, to writer: inout ByteWriter) {
        let window = Int64((Int128(quota.burst) * Int128(quota.period) / Int128(quota.tokens) + 999_999) / 1_000_000)
        let retry = check.report.retrySeconds ?? window
        writer.write("{\"error\":{\"code\":\"RATE_LIMIT_EXCEEDED\",")
        writer.write(
            member: "message",
            "Too many requests. Limit: \(quota.burst) per \(window)s. Retry after \(retry)s.")
        writer.write(",\"limit\":")
        writer.write(decimal: quota.burst)
        writer.write(",\"window_seconds\":")
        writer.write(decimal: window)
        writer.write(",\"retry_after_seconds\":")
        writer.write(decimal: retry)
        writer.write("},\"metadata\":{\"request_id\":\"unknown\",\"status\":\"error\"}}")
    }
}
