import Bytes
import Configuration
import Credentials
import Domain
import HTTPWire
import Limits
import Policy

/// What each stage wrote into a check, in words. Never a credential's value.
enum Findings {
    static func refusal(_ bytes: [UInt8]) -> String {
        var parser = HeadParser()
        var head = RequestHead()
        guard case .refused(let refusal) = parser.parse(bytes.span, into: &head) else { return "incomplete" }
        return "\(refusal.description)"
    }

    static func request(_ check: Check, _ bytes: [UInt8]) -> String {
        let request = check.request
        let method = bytes.span.extracting(request.methodName.bounds).text()
        let path = bytes.span.extracting(request.path.bounds).text()
        return "\(method) \(path), client address \(request.address.isKnown ? "known" : "unknown")"
    }

    static func credential(_ check: Check) -> String {
        if check.gate.snapshot.settings.auth.mode == .none { return "none is looked for: auth.mode is none" }
        if check.presented.isAmbiguous { return "ambiguous: a carrier occurs twice, or the key has a comma" }
        let second = check.presented.hasSecond ? "; a second one beside it" : ""
        switch check.presented.carrier {
        case .none: return "none"
        case .keyHeader: return "in \(check.gate.snapshot.settings.auth.apiKeys.header)\(second)"
        case .bearer: return "in Authorization: Bearer\(second)"
        case .dpop: return "in Authorization: DPoP\(second)"
        case .subprotocol: return "in Sec-WebSocket-Protocol\(second)"
        case .query: return "in the handshake's query"
        }
    }

    static func route(_ check: Check) -> String {
        if let fault = check.pathFault { return "refused: \(fault.description)" }
        switch check.match {
        case .route(let index)?:
            let route = check.gate.snapshot.routes.routes[index]
            return "\(route.pattern)\(route.isPublic ? " (public)" : ""), cost \(route.cost)"
        case .methodNotAllowed?: return "a rule has this path, none with this method"
        case .unmatched?: return "none matches; unmatched: \(check.gate.snapshot.settings.unmatched.rawValue)"
        case nil: return "not looked for"
        }
    }

    static func principal(_ check: Check) -> String {
        if let refusal = check.refusal {
            let claim = refusal.claim.map { " (claim \($0))" } ?? ""
            return "refused: \(refusal.reason.name)\(refusal.fault.map { ", \($0)" } ?? "")\(claim)"
        }
        guard let principal = check.identity?.principal else { return "none" }
        guard let subject = principal.subject else { return "anonymous" }
        let tenant = principal.tenant.map { ", tenant \($0)" } ?? ""
        let issuer = principal.issuer.map { " of \($0)" } ?? ""
        return "\(subject)\(issuer) by \(principal.method.rawValue), roles \(principal.roles)\(tenant)"
    }

    static func permit(_ check: Check) -> String {
        if check.permit != nil { return "granted" }
        guard case .deny(let reason)? = check.decision else { return "not asked for" }
        let missing = MissingGrants.permissions(check) + MissingGrants.scopes(check)
        return missing.isEmpty ? "denied: \(reason.name)" : "denied: \(reason.name), lacks \(missing)"
    }

    static func charges(_ check: Check) -> String {
        let names = check.spend.charges.map { "\(check.spend.table.limits[$0.limit].name) \($0.cost)" }
        if names.isEmpty { return "no limit applies" }
        let isHeld = check.spend.charges.contains { check.spend.table.held[$0.limit] && $0.cost > 0 }
        return names.joined(separator: ", ") + (isHeld ? "; held under a ticket (X-Postern-Ticket)" : "")
    }

    static func limits(_ check: Check) -> String {
        check.spend.charges.indices.map { index in
            let limit = check.spend.table.limits[check.spend.charges[index].limit]
            let left = check.spend.result(of: index).map { "\($0.remaining) of \($0.burst) left" } ?? "unread"
            let fits = check.spend.readings[index].fits ? "fits" : "does not fit"
            return "\(limit.name)\(limit.enforced ? "" : " (shadow)"): \(fits), \(left)"
        }.joined(separator: "; ")
    }

    /// The stage that denied the check, by the name of its line; nil for an allow.
    static func stopped(_ check: Check) -> String? {
        guard case .deny? = check.decision else { return nil }
        if check.match == nil { return check.pathFault == nil ? "request" : "route" }
        if check.refusal != nil || check.identity == nil { return "principal" }
        return check.spend.outcome == .pending || check.spend.charges.isEmpty ? "permit" : "limits"
    }

    static func decision(_ check: Check) -> String {
        switch check.decision {
        case .allow?: return "allow"
        case .deny(let reason)?: return "deny: \(reason.name) (\(StatusTable.status(of: reason).rawValue))"
        case nil: return "none"
        }
    }
}
