/// Which claims say who somebody is. Each is a dotted path into the claims, tried as a literal name first: for
/// `https://x/roles` and for `realm_access.roles` alike.
///
/// It serves JWTs and introspection answers (RFC 7662) alike.
public struct ClaimMapping: Sendable, Equatable {
    public var userID: String
    public var email: String
    public var name: String
    public var roles: String
    public var permissions: String
    public var scopes: String
    public var tenantID: String
    /// Where `roles` is no claim of the token, this one, if it is not nil.
    public var role: String?

    public init(
        userID: String = "sub", email: String = "email", name: String = "name", roles: String = "roles",
        permissions: String = "permissions", scopes: String = "scope", tenantID: String = "tenant_id"
    ) {
        self.userID = userID
        self.email = email
        self.name = name
        self.roles = roles
        self.permissions = permissions
        self.scopes = scopes
        self.tenantID = tenantID
    }
}
