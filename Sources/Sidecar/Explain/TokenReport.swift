import Bytes
package import Configuration
import Credentials
import Domain
import Glibc
import Outbound

/// `postern token inspect`: one token against one configuration, rule by rule, by the code that judges checks.
///
/// Prints header and claims, verified or not; never the signature, without which a token opens nothing.
package struct TokenReport {
    package private(set) var lines: [String] = []
    package private(set) var isGood = false

    /// What fetching an issuer's keys may take.
    private static let keysSeconds = 5.0

    /// - Parameter token: as it came, white space around it removed.
    package init(_ token: String, under snapshot: Snapshot, now: Int64) throws {
        let services = ProviderServices(registry: AuthenticatorRegistry())
        defer { services.close() }
        let providers = try Providers(snapshot, services)
        let bytes = [UInt8](token.utf8)
        var notes: [String] = []
        let inspection = TokenInspection(bytes.span, now: now) { (parsed) throws(TokenRefusal) in
            guard !providers.issuers.isEmpty else {
                notes.append("auth.jwt: no issuer is configured, so the token is only read")
                return nil
            }
            guard let index = providers.issuer(of: parsed) else {
                throw TokenRefusal(parsed.issuer == nil ? .issuerMissing : .unknownIssuer)
            }
            let issuer = providers.issuers[index]
            notes.append("issuer: \(issuer.policy.issuer ?? "any")")
            return TokenInspection.Terms(policy: issuer.policy, keys: TokenReport.keys(of: issuer, &notes))
        }
        show("header", inspection.header)
        show("claims", inspection.claims)
        lines += notes
        for step in inspection.steps { lines.append(TokenReport.line(step)) }
        isGood = inspection.verified != nil
        if let verified = inspection.verified { showPrincipal(verified, snapshot) }
    }

    private mutating func show(_ name: String, _ object: JSONObject?) {
        guard let object else { return lines.append("\(name): unreadable") }
        var writer = ByteWriter()
        writer.write(object)
        lines.append("\(name): \(String(decoding: writer.bytes, as: UTF8.self))")
    }

    /// The keys as a server would have them after its first fetch; nil where they cannot be had.
    private static func keys(of issuer: TokenIssuer, _ notes: inout [String]) -> KeySet? {
        switch issuer.keys {
        case .fixed(let keys): return keys
        case .outOfReach: return nil
        case .fetched(let source):
            let deadline = Clock.monotonic() + UInt64(keysSeconds * 1e9)
            while source.snapshot.generation == 0, Clock.monotonic() < deadline { usleep(10_000) }
            let snapshot = source.snapshot
            if let fault = snapshot.fault { notes.append("keys: \(fault.description)") }
            if let keys = snapshot.keys {
                notes.append("keys: \(keys.keys.count) in use, \(keys.skipped.count) skipped")
            }
            return snapshot.keys
        }
    }

    private static func line(_ step: TokenInspection.Step) -> String {
        switch step.outcome {
        case .passed: return "passed       \(step.rule.rawValue)"
        case .notReached: return "not reached  \(step.rule.rawValue)"
        case .failed(let refusal):
            let claim = refusal.claim.map { " (claim \($0))" } ?? ""
            let text = "\(refusal.fault.rawValue)\(claim): \(refusal.fault.description)"
            return "FAILED       \(step.rule.rawValue): \(text)"
        }
    }

    private mutating func showPrincipal(_ verified: VerifiedToken, _ snapshot: Snapshot) {
        let principal = snapshot.compiler.compile(verified.principal, SHA256())?.principal ?? verified.principal
        lines.append("subject: \(principal.subject ?? "none"), roles \(principal.roles), scopes \(principal.scopes)")
        lines.append("permissions: \(principal.permissions)")
        if verified.certificateThumbprint != nil {
            lines.append("bound to a client certificate, which must be shown too")
        }
        if verified.dpopThumbprint != nil { lines.append("bound to a DPoP key, whose proof must be shown too") }
    }
}
