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

    /// Which buckets each principal spends from.
    mutating func compilePlans(_ principals: [Principal], _ table: LimitTable) -> LimitPlans? {
        let dynamic = table.limits.count { $0.kind == .address || $0.kind == .route }
        let own = principals.map { entries(for: $0, table) }
        for (principal, entries) in zip(principals, own) where entries.count + dynamic > Spend.chargesMax {
            let who = principal.keyID ?? "the anonymous principal"
            let count = entries.count + dynamic
            fail(.none, "\(who) would spend from \(count) limits at once; \(Spend.chargesMax) is most")
            return nil
        }
        return LimitPlans(table: table, own: own) { holds($0, for: principals[$1]) }
    }

    private func entries(for principal: Principal, _ table: LimitTable) -> [LimitPlans.Entry] {
        var entries: [LimitPlans.Entry] = []
        if let limit = roleLimit(of: principal), let subject = owner(ofSubject: principal) {
            entries.append(LimitPlans.Entry(limit: limit, owner: subject))
        }
        let first = settings.auth.rateLimits.count
        for limit in first..<table.limits.count where holds(limit, for: principal) {
            for owner in owners(of: table.limits[limit].kind, principal) {
                entries.append(LimitPlans.Entry(limit: limit, owner: owner))
            }
        }
        return entries
    }

    /// The most generous of the limits of a principal's roles; with none, that of `default`.
    private func roleLimit(of principal: Principal) -> Int? {
        let limits = settings.auth.rateLimits
        let own = limits.indices.filter { principal.roles.contains(limits[$0].role) }
        let candidates = own.isEmpty ? limits.indices.filter { limits[$0].role == "default" } : own
        return candidates.max { limits[$0].quota.isLessGenerous(than: limits[$1].quota) }
    }

    /// Whether `limits[].roles` lets the limit hold for this principal.
    private func holds(_ limit: Int, for principal: Principal) -> Bool {
        let index = limit - settings.auth.rateLimits.count
        guard index >= 0 else { return false }
        let roles = settings.limits[index].roles
        return roles.isEmpty || roles.contains { principal.roles.contains($0) }
    }

    private func owner(ofSubject principal: Principal) -> Digest128? {
        principal.subject.map { owner("subject", principal.method.rawValue, principal.issuer ?? "", $0) }
    }

    /// Whose buckets a principal spends from for one kind of limit; none where the kind does not apply to it.
    private func owners(of kind: LimitKind, _ principal: Principal) -> [Digest128] {
        switch kind {
        case .subject: return owner(ofSubject: principal).map { [$0] } ?? []
        case .key: return principal.keyID.map { [owner("key", $0)] } ?? []
        case .tenant: return principal.tenant.map { [owner("tenant", $0)] } ?? []
        case .role: return principal.roles.map { owner("role", $0) }
        case .global: return [owner("global", "")]
        case .address, .route: return []
        }
    }
}

extension Quota {
    /// Lower rate, or the same rate and a smaller burst.
    fileprivate func isLessGenerous(than other: Quota) -> Bool {
        let mine = tokens.multipliedFullWidth(by: other.period)
        let theirs = other.tokens.multipliedFullWidth(by: period)
        if mine != theirs { return mine.high != theirs.high ? mine.high < theirs.high : mine.low < theirs.low }
        return burst < other.burst
    }
}
