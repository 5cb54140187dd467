public import Credentials
public import Limits
public import Policy

/// A configuration compiled into what a check needs: immutable, shared by all workers, swapped whole on reload.
///
/// A listed principal's position is its key's position in the authenticator, and the last is the anonymous one.
public final class Snapshot: Sendable {
    public let settings: Settings
    public let authenticator: APIKeyAuthenticator
    public let principals: [CompiledPrincipal]
    public let credentials: CompiledCredentials
    /// For principals that are learned while serving.
    public let compiler: PrincipalCompiler
    public let routes: RouteTable
    public let authorizer: Authorizer
    public let limits: LimitTable
    public let plans: LimitPlans

    init(
        settings: Settings, authenticator: APIKeyAuthenticator, principals: [CompiledPrincipal],
        credentials: CompiledCredentials, compiler: PrincipalCompiler, routes: RouteTable, authorizer: Authorizer,
        limits: LimitTable,
        plans: LimitPlans
    ) {
        self.settings = settings
        self.authenticator = authenticator
        self.principals = principals
        self.credentials = credentials
        self.compiler = compiler
        self.routes = routes
        self.authorizer = authorizer
        self.limits = limits
        self.plans = plans
    }
}
