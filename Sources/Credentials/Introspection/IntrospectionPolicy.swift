/// What an active token must be like to be taken here. The endpoint's word that it is active is not enough: what the
/// answer says about the token is held to the same rules as a JWT's claims.
public struct IntrospectionPolicy: Sendable, Equatable {
    /// What `iss` must be where the answer has one; the answer itself came from the endpoint we chose.
    public var issuer: String?
    /// Any one of them must be in `aud`. Empty: a token with an `aud` is refused, for it is meant for somebody else.
    public var audiences: [String]
    /// All of them must be among the token's scopes.
    public var requiredScopes: [String]
    public var leewaySeconds: Int64
    public var claims: ClaimMapping
    /// Put before the subject, so that two issuers' subjects stay apart (gate.md 9).
    public var subjectPrefix: String?
    /// The roles of a token that names none.
    public var defaultRoles: [String]

    public init(
        issuer: String? = nil, audiences: [String] = [], requiredScopes: [String] = [], leewaySeconds: Int64 = 30,
        claims: ClaimMapping = ClaimMapping(), subjectPrefix: String? = nil, defaultRoles: [String] = []
    ) {
        self.issuer = issuer
        self.audiences = audiences
        self.requiredScopes = requiredScopes
        self.leewaySeconds = leewaySeconds
        self.claims = claims
        self.subjectPrefix = subjectPrefix
        self.defaultRoles = defaultRoles
    }
}
