public import Credentials

/// `auth.jwt`: whose tokens are accepted, and how many verified ones each worker remembers.
public struct JWTSettings: Sendable, Equatable {
    /// At least one. Of several, each has an `issuer` of its own, which chooses it by the token's `iss`.
    public var issuers: [IssuerSettings] = []
    /// Two issuers may name the same subject for the agent. Buckets stay apart: their owner is (issuer, subject).
    public var mergesSubjects = false
    /// `cache.entries`: verified and refused tokens remembered, per worker. 0…1,000,000; 0 remembers none.
    public var cacheEntries = 10_000
    /// `cache.negative_seconds`: how long a refused token is remembered. 0…300.
    public var negativeCacheSeconds = 10
    public var position: SourcePosition = .none
}

/// One issuer: its keys, and what a token of its must hold.
public struct IssuerSettings: Sendable, Equatable {
    /// Compared with `iss` byte by byte. Nil accepts any, and only where it is the only one.
    public var issuer: String?
    public var keys: KeySource
    /// The token's `aud` must hold one of them. Empty refuses every token that has an `aud`.
    public var audiences: [String] = []
    /// Never empty, and never HS* beside another kind: a key that everybody may read is no secret (RFC 8725, 3.1).
    public var algorithms: [SignatureAlgorithm]
    /// `typ`, compared without case and without `application/`; nil leaves it to `TokenPolicy.type`.
    public var type: String?
    /// For `exp`, `nbf` and `iat`. 0…300.
    public var leewaySeconds = 30
    /// Dotted paths, each tried as a literal name first, and the text the claim must be; nil asks for its presence.
    public var requiredClaims: [String: String?] = [:]
    public var claims = ClaimMapping()
    /// Put before each subject, so that two issuers cannot name one user.
    public var subjectPrefix: String?
    /// A token without one of them is refused, whatever the route.
    public var requiredScopes: [String] = []
    /// The roles of a token that names none. Each defined in `auth.roles`, or `default`.
    public var defaultRoles: [String] = ["default"]
    /// The scopes of a token without the claim; an empty claim is none.
    public var defaultScopes: [String] = []
    /// Whether a token's scope `*` grants every scope; else it is dropped. `defaultScopes` may hold it in either case.
    public var hasWildcardScope = true
    /// Absolute path of a PEM file for https; nil trusts the system's roots.
    public var caFile: String?
    /// Seconds between two fetches for an unknown `kid`, however many tokens name one. 1…3,600.
    public var cooldownSeconds = 10
    /// How long keys serve after the last good fetch while the provider is down. 0…2,592,000.
    public var staleSeconds = 86_400
    /// The longest one fetch may take. 1…60,000.
    public var deadlineMilliseconds = 2_000
    public var dpop: DPoPRule = .off
    public var position: SourcePosition = .none
}

/// Where an issuer's keys come from.
public enum KeySource: Sendable, Equatable {
    case jwksURL(String)
    /// `<issuer>/.well-known/openid-configuration` tells the URL of the keys.
    case discovery(issuer: String)
    /// Text with one public key or certificate, or several; read with the configuration.
    case pem([UInt8])
    /// For one of HS256, HS384 and HS512; at least as long as its digest.
    case secret(Secret)
}

/// `dpop`: what a DPoP proof is to an issuer's tokens (RFC 9449).
public enum DPoPRule: String, CaseIterable, Sendable {
    /// A token bound to a DPoP key is refused, since nobody checks the proof.
    case off
    /// A bound token needs its proof; an unbound one needs none.
    case accept
    /// Every token must be bound, and come with its proof.
    case require
}
