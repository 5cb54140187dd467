public import Domain

/// Proof that a principal may make a request. Only `Authorizer` makes one, and only a permit can be charged.
public struct Permit: Sendable {
    /// Index into the route table; nil where no route guards the request and `unmatched: authenticated` let it pass.
    public let route: Int?
    /// Tokens to spend from each bucket.
    public let cost: Int64

    init(route: Int?, cost: Int64) {
        self.route = route
        self.cost = cost
    }
}

/// What a request that no route guards needs.
public enum Unmatched: String, CaseIterable, Sendable {
    case deny, authenticated
}

/// May they: the permissions and scopes a route asks for, against those a principal holds.
public struct Authorizer: Sendable {
    public var unmatched: Unmatched

    public init(unmatched: Unmatched) {
        self.unmatched = unmatched
    }

    /// A permit, or why there is none. Permissions are looked at before scopes.
    public func authorize(
        _ match: RouteMatch, in table: RouteTable, holding grants: Grants
    ) -> Result<Permit, DenyReason> {
        switch match {
        case .methodNotAllowed: return .failure(.methodNotAllowed)
        case .unmatched:
            return unmatched == .authenticated ? .success(Permit(route: nil, cost: 1)) : .failure(.routeUnmatched)
        case .route(let index):
            // Read field by field: a copy of the route would retain its names, on every check.
            let cost = table.routes[index].cost
            if table.routes[index].isPublic { return .success(Permit(route: index, cost: cost)) }
            let required = table.routes[index].required
            guard grants.permissions.contains(required.permissions) else { return .failure(.permissionMissing) }
            guard grants.scopes.contains(required.scopes) else { return .failure(.scopeMissing) }
            return .success(Permit(route: index, cost: cost))
        }
    }
}
