import Bytes
public import Credentials
public import Domain
public import Limits
import Policy

/// A principal with what a check needs to know of it.
public struct CompiledPrincipal: Sendable {
    /// With the permissions that its roles grant.
    public let principal: Principal
    public let grants: Grants
    public let plan: LimitPlan
}

/// Principal → grants and limits, by one configuration: for API keys when it is compiled, for tokens and certificates
/// when they have been verified.
public struct PrincipalCompiler: Sendable {
    private let roles: [RoleSettings]
    private let roleLimits: [RoleLimitSettings]
    private let limits: [LimitSettings]
    private let grants: GrantTable
    private let table: LimitTable
    private let plans: LimitPlans

    init(_ settings: Settings, grants: GrantTable, table: LimitTable, plans: LimitPlans) {
        roles = settings.auth.roles
        roleLimits = settings.auth.rateLimits
        limits = settings.limits
        self.grants = grants
        self.table = table
        self.plans = plans
    }

    /// - Returns: nil where the principal would spend from more than `Spend.ownChargesMax` buckets at once, which only
    ///   one with that many limited roles can.
    public func compile(_ principal: Principal, _ sha256: SHA256) -> CompiledPrincipal? {
        let principal = withPermissions(principal)
        guard let plan = plans.plan(entries(for: principal, sha256), where: { holds($0, for: principal) }) else {
            return nil
        }
        return CompiledPrincipal(
            principal: principal,
            grants: grants.grants(permissions: principal.permissions, scopes: principal.scopes), plan: plan)
    }

    /// What the credential itself says comes first, then the roles' permissions in the order of the configuration.
    private func withPermissions(_ principal: Principal) -> Principal {
        var permissions = principal.permissions
        var known = Set(permissions)
        for role in roles where principal.roles.contains(role.name) {
            for permission in role.permissions where known.insert(permission).inserted {
                permissions.append(permission)
            }
        }
        if permissions.count == principal.permissions.count { return principal }
        return Principal(
            method: principal.method, issuer: principal.issuer, subject: principal.subject, keyID: principal.keyID,
            email: principal.email, name: principal.name, tenant: principal.tenant, roles: principal.roles,
            permissions: permissions, scopes: principal.scopes, expiresAt: principal.expiresAt)
    }

    private func entries(for principal: Principal, _ sha256: SHA256) -> [LimitPlan.Entry] {
        var entries: [LimitPlan.Entry] = []
        if let limit = roleLimit(of: principal), let owner = BucketOwner.subject(principal, sha256) {
            entries.append(LimitPlan.Entry(limit: limit, owner: owner))
        }
        for limit in roleLimits.count..<table.limits.count where holds(limit, for: principal) {
            for owner in BucketOwner.owners(of: table.limits[limit].kind, principal, sha256) {
                entries.append(LimitPlan.Entry(limit: limit, owner: owner))
            }
        }
        return entries
    }

    /// The most generous of the limits of a principal's roles; with none, that of `default`.
    private func roleLimit(of principal: Principal) -> Int? {
        let own = roleLimits.indices.filter { principal.roles.contains(roleLimits[$0].role) }
        let candidates = own.isEmpty ? roleLimits.indices.filter { roleLimits[$0].role == "default" } : own
        return candidates.max { roleLimits[$0].quota.isLessGenerous(than: roleLimits[$1].quota) }
    }

    /// Whether `limits[].roles` lets the limit hold for this principal.
    private func holds(_ limit: Int, for principal: Principal) -> Bool {
        let index = limit - roleLimits.count
        guard limits.indices.contains(index) else { return false }
        let roles = limits[index].roles
        return roles.isEmpty || roles.contains { principal.roles.contains($0) }
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
