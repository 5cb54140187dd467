import Bytes
import Credentials
import Domain
import Limits

extension SnapshotCompiler {
    /// The roles' own limits first, then those of `limits`.
    mutating func compileLimits() -> LimitTable? {
        var limits: [Limit] = []
        for limit in settings.auth.rateLimits {
            guard let quota = compile(limit.quota, limit.position, maxCost: settings.bounds.maxCost) else { continue }
            limits.append(Limit(name: limit.limitName, kind: .subject, quota: quota, enforced: true))
        }
        for limit in settings.limits {
            if let limit = compile(limit) { limits.append(limit) }
        }
        if let proofs = proofLimit() { limits.append(proofs) }
        return problems.isEmpty ? LimitTable(limits) : nil
    }

    /// Where DPoP proofs are taken, each is good once: a bucket of one token for as long as a proof counts.
    private func proofLimit() -> Limit? {
        let auth = settings.auth
        guard auth.oauth2 != nil || auth.jwt?.issuers.contains(where: { $0.dpop != .off }) == true else { return nil }
        let seconds = DPoPProof.ageMaxDefault + DPoPProof.leewayDefault
        let quota = Quota(tokens: 1, period: seconds * 1_000_000, burst: 1)
        guard let compiled = try? CompiledQuota(quota, maxCost: 1) else { return nil }
        return Limit(name: "dpop:proof", kind: .proof, quota: compiled, enforced: true)
    }

    private mutating func compile(_ limit: LimitSettings) -> Limit? {
        var written = limit.quota
        if let lease = limit.lease {
            written = Quota(
                tokens: written.tokens, period: written.period, burst: written.burst - lease.holdBack(from: written))
        }
        var maxCost = settings.bounds.maxCost
        if case .slots = limit.counting { maxCost = 1 }
        let debt = limit.settlement?.debtMax ?? 0
        guard let quota = compile(written, limit.position, maxCost: maxCost, debtMax: debt),
            let kind = LimitKind(rawValue: limit.per.rawValue)
        else { return nil }
        return Limit(
            name: limit.name, kind: kind, quota: quota, enforced: limit.enforce, counting: limit.counting,
            lease: limit.lease, settlement: limit.settlement, onFailure: limit.onFailure)
    }

    private mutating func compile(
        _ quota: Quota, _ position: SourcePosition, maxCost: Int, debtMax: Int64 = 0
    ) -> CompiledQuota? {
        do {
            return try CompiledQuota(quota, maxCost: Int64(maxCost), debtMax: debtMax)
        } catch {
            fail(position, "\(error)")
            return nil
        }
    }
}
