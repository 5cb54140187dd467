import Configuration
import Domain
import Limits
import Policy
import Telemetry

/// Whose buckets refuse: what the dashboard shows of denials, and metrics, which must not name anybody, do not.
extension Worker {
    /// Called for denials alone, and only while there is a page to show them.
    func observeLimited(_ check: Check, second: UInt64) {
        guard check.spend.outcome == .refused else { return }
        let table = check.spend.table
        for index in check.spend.readings.indices where !check.spend.readings[index].fits {
            let charge = check.spend.charges[index]
            let limit = table.limits[charge.limit]
            guard limit.enforced, limit.kind != .proof else { continue }
            limited?.record(charge.key, at: second) {
                LimitedSubject(limit: limit.name, per: limit.kind.rawValue, name: Worker.name(of: limit.kind, check))
            }
        }
    }

    /// The bucket's owner as `postern limits show` wants it.
    private static func name(of kind: LimitKind, _ check: Check) -> String {
        let principal = check.identity?.principal
        return switch kind {
        case .subject: principal?.subject ?? "anonymous"
        case .key: principal?.keyID ?? "-"
        case .tenant: principal?.tenant ?? "-"
        // Several of a principal's roles may have such a limit; which of them refused is in the bucket's digest alone.
        case .role: principal?.roles.joined(separator: ", ") ?? "-"
        case .address: check.request.address.network.text ?? "unknown"
        case .route: route(of: check)
        case .global, .proof: "-"
        }
    }

    private static func route(of check: Check) -> String {
        guard case .route(let index)? = check.match else { return "-" }
        return check.gate.snapshot.routes.routes[index].pattern
    }
}
