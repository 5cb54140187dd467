public import Credentials

/// `auth.oauth2`: opaque tokens, which their authorization server is asked about (RFC 7662).
public struct OAuth2Settings: Sendable, Equatable {
    public var introspectionURL: String
    /// Sent with `clientSecret` as HTTP Basic (RFC 6749, 2.3.1).
    public var clientID: String
    public var clientSecret: Secret
    /// A token without one of them is refused, whatever the route.
    public var requiredScopes: [String] = []
    /// The answer's `iss`, if it has one, must be this.
    public var issuer: String?
    /// The answer's `aud` must hold one of them. Empty refuses every token whose answer has an `aud`, as for a JWT.
    public var audiences: [String] = []
    public var claims = ClaimMapping()
    /// How long an active answer serves, and never beyond its `exp`. 0…3,600; 0 asks each time.
    public var cacheSeconds = 60
    /// How long an inactive one does. 0…300.
    public var negativeCacheSeconds = 10
    /// The longest one question may take. 1…60,000.
    public var deadlineMilliseconds = 1_000
    /// Absolute path of a PEM file for https; nil trusts the system's roots.
    public var caFile: String?
    /// The roles of a token that names none. Each defined in `auth.roles`, or `default`.
    public var defaultRoles: [String] = ["default"]
    /// Put before each subject.
    public var subjectPrefix: String?
    public var position: SourcePosition = .none
}
