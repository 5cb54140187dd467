/// What one issuer's tokens must be like to be taken here.
public struct TokenPolicy: Sendable, Equatable {
    /// What `iss` must be, byte for byte; nil takes any issuer or none, which a lone key without `issuer:` means.
    public var issuer: String?
    /// Any one of them must be in `aud`. Empty: a token with an `aud` is refused, for it is meant for somebody else.
    public var audiences: [String]
    /// The only algorithms taken, whatever a token says.
    public var algorithms: [SignatureAlgorithm]
    /// What `typ` must be, without regard to case and to `application/`; nil takes no `typ`, `JWT` and `at+jwt`, and
    /// any other but the types of other kinds of JWT (`…+jwt`, RFC 8725 section 3.11).
    public var type: String?
    /// How far the clocks may be apart: 0…300, which the configuration sees to.
    public var leewaySeconds: Int64
    /// Claims (dotted paths) that must be there, and their value where it is not nil.
    public var requiredClaims: [String: String?]
    public var tokenBytesMax: Int
    public var claims: ClaimMapping
    /// Put before the subject, so that two issuers' subjects stay apart (gate.md 9).
    public var subjectPrefix: String?
    /// The roles of a token that names none.
    public var defaultRoles: [String]
    /// The scopes of a token without the claim.
    public var defaultScopes: [String]
    /// Whether a token's own scope `*` grants every scope.
    public var hasWildcardScope = true

    public static let tokenBytesMaxDefault = 16_384

    public init(
        issuer: String? = nil, audiences: [String] = [], algorithms: [SignatureAlgorithm], type: String? = nil,
        leewaySeconds: Int64 = 30, requiredClaims: [String: String?] = [:],
        tokenBytesMax: Int = tokenBytesMaxDefault, claims: ClaimMapping = ClaimMapping(),
        subjectPrefix: String? = nil, defaultRoles: [String] = [], defaultScopes: [String] = []
    ) {
        self.issuer = issuer
        self.audiences = audiences
        self.algorithms = algorithms
        self.type = type
        self.leewaySeconds = leewaySeconds
        self.requiredClaims = requiredClaims
        self.tokenBytesMax = tokenBytesMax
        self.claims = claims
        self.subjectPrefix = subjectPrefix
        self.defaultRoles = defaultRoles
        self.defaultScopes = defaultScopes
    }
}
