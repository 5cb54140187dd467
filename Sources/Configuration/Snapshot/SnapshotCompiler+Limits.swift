import Bytes
import Domain
import Limits

extension SnapshotCompiler {
    /// The roles' own limits first, then those of `limits`.
    mutating func compileLimits() -> LimitTable? {
        var limits: [Limit] = []
        for limit in settings.auth.rateLimits {
            guard let quota = compile(limit.quota, limit.position) else { continue }
            limits.append(Limit(name: limit.limitName, kind: .subject, quota: quota, enforced: true))
        }
        for limit in settings.limits {
            guard let quota = compile(limit.quota, limit.position), let kind = LimitKind(rawValue: limit.per.rawValue)
            else { continue }
            limits.append(Limit(name: limit.name, kind: kind, quota: quota, enforced: limit.enforce))
        }
        return problems.isEmpty ? LimitTable(limits) : nil
    }

    private mutating func compile(_ quota: Quota, _ position: SourcePosition) -> CompiledQuota? {
        do {
            return try CompiledQuota(quota, maxCost: Int64(settings.bounds.maxCost))
        } catch {
            fail(position, "\(error)")
            return nil
        }
    }
}
