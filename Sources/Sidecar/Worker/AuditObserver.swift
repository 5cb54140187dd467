import Bytes
import Configuration
import Domain
import Limits
import Policy
import Telemetry

/// One worker's eye for the audit log: which finished checks are recorded, and what of each.
struct AuditObserver: ~Copyable {
    private var writer: AuditWriter
    /// Filled anew for each record, so that its list of limits is allocated once.
    private var record = AuditRecord()

    init(_ log: AuditLog, _ settings: AuditSettings?) {
        writer = AuditWriter(log, allowedShare: AuditObserver.share(settings))
    }

    mutating func install(_ settings: AuditSettings?) {
        writer.setAllowedShare(AuditObserver.share(settings))
    }

    private static func share(_ settings: AuditSettings?) -> Double {
        Double(settings?.allowedPerMillion ?? 0) / 1_000_000
    }

    mutating func observe(
        _ check: Check, _ dialect: Dialect?, _ bytes: borrowing Span<UInt8>, nanoseconds: UInt64
    ) {
        let decision = check.decision ?? .deny(.malformedRequest)
        guard writer.wants(decision) else { return }
        record.time = AuditRecord.now()
        record.decision = decision
        record.request = check.request
        record.dialect = dialect
        record.principal = check.identity?.principal ?? check.refusal?.principal
        record.route = nil
        if case .route(let index)? = check.match { record.route = check.gate.snapshot.routes.routes[index].pattern }
        record.fault = check.refusal?.fault.map(AuditWord.text)
        if let fault = check.pathFault { record.fault = .fixed(fault.description) }
        record.claim = check.refusal?.claim
        record.cost = check.permit?.cost
        record.latencyNanoseconds = nanoseconds
        fillLimits(check)
        writer.submit(record, bytes)
    }

    private mutating func fillLimits(_ check: Check) {
        record.limits.removeAll(keepingCapacity: true)
        let table = check.spend.table
        for index in check.spend.readings.indices {
            let limit = check.spend.charges[index].limit
            let result = check.spend.result(of: index)
            let wait = result?.retryMicros.map { $0 <= 0 ? 0 : ($0 - 1) / 1_000_000 + 1 }
            record.limits.append(
                AuditLimit(
                    name: table.limits[limit].name, fits: check.spend.readings[index].fits,
                    enforced: table.enforced[limit], remaining: result?.remaining, waitSeconds: wait))
        }
    }
}
