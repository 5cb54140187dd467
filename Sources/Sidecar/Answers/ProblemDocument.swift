import Bytes
import Configuration
import Domain
import HTTPWire
import Limits
import Policy

/// The body of a denial: `application/problem+json` (RFC 9457), on one line, so that it may also travel in a header.
enum ProblemDocument {
    static func write(
        _ reason: DenyReason, _ check: Check, through dialect: Dialect?, to writer: inout ByteWriter
    ) {
        let status = StatusTable.clientStatus(of: reason, through: dialect)
        writer.write("{\"type\":\"")
        writer.write(type(of: reason))
        writer.write("\",\"title\":\"")
        writer.write(ReasonText.title(status))
        writer.write("\",\"status\":")
        writer.write(decimal: Int64(status.rawValue))
        writer.write(",\"detail\":\"")
        writer.write(reason == .overLimit ? overLimit(check) : ReasonText.detail(reason))
        writer.write("\",\"reason\":\"")
        writer.write(reason.name)
        writer.write("\"")
        writeMissing(reason, check, to: &writer)
        if reason == .overLimit || reason == .costNeverFits { writeViolated(check, to: &writer) }
        writer.write("}")
    }

    /// In the words of how the limit counts that holds out longest.
    private static func overLimit(_ check: Check) -> StaticString {
        guard let limit = check.report.tightestLimit else { return ReasonText.detail(.overLimit) }
        switch check.spend.table.limits[limit].counting {
        case .tokens: return ReasonText.detail(.overLimit)
        case .calendar: return "The quota of this calendar window is used up."
        case .slots: return "As many requests as may be are under way at once."
        }
    }

    /// Registered with the rate-limit draft, section "Problem Types".
    private static func type(of reason: DenyReason) -> StaticString {
        switch reason {
        case .overLimit, .costNeverFits: "https://iana.org/assignments/http-problem-types#quota-exceeded"
        case .storeClosed, .storeDeferred:
            "https://iana.org/assignments/http-problem-types#temporary-reduced-capacity"
        default: "about:blank"
        }
    }

    /// Names the permissions or scopes that the route asks for and the principal lacks.
    private static func writeMissing(_ reason: DenyReason, _ check: Check, to writer: inout ByteWriter) {
        switch reason {
        case .permissionMissing:
            writeList("missing-permissions", MissingGrants.permissions(check), to: &writer)
        case .scopeMissing:
            writeList("missing-scopes", MissingGrants.scopes(check), to: &writer)
        case .tokenClaim:
            if let claim = check.refusal?.claim {
                writer.write(",\"claim\":\"")
                for byte in claim.utf8 { writer.write(jsonByte: byte) }
                writer.write("\"")
            }
        default: break
        }
    }

    private static func writeViolated(_ check: Check, to writer: inout ByteWriter) {
        writer.write(",\"violated-policies\":[")
        var isFirst = true
        for index in check.report.lines.indices where !check.report.lines[index].fits {
            if !isFirst { writer.write(",") }
            isFirst = false
            writer.write(asciiJSON: check.spend.table.limits[check.report.lines[index].limit].name)
        }
        writer.write("]")
    }

    private static func writeList(_ name: StaticString, _ items: [String], to writer: inout ByteWriter) {
        writer.write(",\"")
        writer.write(name)
        writer.write("\":[")
        for (index, item) in items.enumerated() {
            if index > 0 { writer.write(",") }
            writer.write(asciiJSON: item)
        }
        writer.write("]")
    }
}

/// What a denied principal lacks, in the words of the configuration. Cold: only denials ask.
enum MissingGrants {
    static func permissions(_ check: Check) -> [String] {
        guard let (route, identity) = parties(check) else { return [] }
        let held = identity.principal.permissions
        return check.gate.snapshot.routes.routes[route].permissions.filter { !held.contains($0) }
    }

    static func scopes(_ check: Check) -> [String] {
        guard let (route, identity) = parties(check) else { return [] }
        let held = identity.principal.scopes
        return check.gate.snapshot.routes.routes[route].scopes.filter { !held.contains($0) }
    }

    private static func parties(_ check: Check) -> (route: Int, identity: Identity)? {
        guard case .route(let route)? = check.match, let identity = check.identity else { return nil }
        return (route, identity)
    }
}
