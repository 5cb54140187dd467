public import Credentials
public import Domain
public import Limits
public import Policy

/// A configuration compiled into what a check needs: immutable, shared by all workers, swapped whole on reload.
///
/// Principals, grants and limit plans are parallel lists: a principal's position is its key's position in the
/// authenticator, and the last position is the anonymous principal's.
public final class Snapshot: Sendable {
    public let settings: Settings
    public let authenticator: APIKeyAuthenticator
    public let principals: [Principal]
    public let grants: ContiguousArray<Grants>
    public let routes: RouteTable
    public let authorizer: Authorizer
    public let limits: LimitTable
    public let plans: LimitPlans

    init(
        settings: Settings, authenticator: APIKeyAuthenticator, principals: [Principal],
        grants: ContiguousArray<Grants>, routes: RouteTable, authorizer: Authorizer, limits: LimitTable,
        plans: LimitPlans
    ) {
        precondition(principals.count == grants.count, "each principal has its grants")
        self.settings = settings
        self.authenticator = authenticator
        self.principals = principals
        self.grants = grants
        self.routes = routes
        self.authorizer = authorizer
        self.limits = limits
        self.plans = plans
    }

    /// The position of the anonymous principal.
    public var anonymous: Int { principals.count - 1 }
}
