public import Bytes
public import Domain

/// `auth`.
public struct AuthSettings: Sendable, Equatable {
    public var mode: Mode
    /// Who judges credentials, each once: none in mode `none`, the one of a single mode, and those of `composite` in
    /// the file's order. What the shape of a credential leaves open, the order decides (gate.md 8).
    public var providers: [Provider] = []
    public var onUndecidable: UndecidableRule = .deny
    public var failedCredentials = FailedCredentialSettings()
    /// Path patterns, as in routes, that need no credential.
    public var publicPaths: [String] = []
    public var apiKeys = APIKeySettings()
    /// Not nil if `providers` holds `jwt`; likewise below. A section nobody uses is read, warned of and dropped.
    public var jwt: JWTSettings?
    public var oauth2: OAuth2Settings?
    public var mtls: CertificateSettings?
    public var external: ExternalSettings?
    public var webSocket = WebSocketSettings()
    public var roles: [RoleSettings] = []
    public var rateLimits: [RoleLimitSettings] = []
    public var rateLimitBackend: RateLimitBackend = .memory
    /// For WWW-Authenticate; printable ASCII without `"` and `\`.
    public var realm = "postern"
}

/// `auth.rate_limit_backend`.
public enum RateLimitBackend: String, CaseIterable, Sendable {
    case memory, redis
}

/// `auth.api_keys`, with `env_var` and `prefix` already resolved into `keys`.
public struct APIKeySettings: Sendable, Equatable {
    /// In the file's order; then that of `env_var`; then those of `prefix`, by name. Not empty where `api_key` is a
    /// provider, unless there is a store.
    public var keys: [KeySettings] = []
    /// The header that carries a key, as written in the file.
    public var header = "X-API-Key"
    /// Whether `Authorization: Bearer <key>` does too.
    public var allowBearer = true
    /// Where further keys are kept, which change while Postern serves.
    public var store: KeyStoreSettings?
}

/// `auth.api_keys.store`.
public struct KeyStoreSettings: Sendable, Equatable {
    public enum Place: Sendable, Equatable {
        /// Beside the limits, in the `redis` section's Redis.
        case redis
        /// An absolute path.
        case file(String)
    }

    public var place: Place
    /// For how long the keys that are known stay good while the store cannot be asked.
    public var maxStaleSeconds = 3_600
    public var position: SourcePosition = .none

    public init(place: Place) { self.place = place }
}

/// One API key and who it stands for.
public struct KeySettings: Sendable, Equatable {
    /// Unique.
    public var id: String
    public var material: KeyMaterial
    /// `subject`, or the id.
    public var subject: String
    /// Defined in `auth.roles`, or `default`. `[default]` where the file names none.
    public var roles: [String] = ["default"]
    public var scopes: [String] = []
    public var tenant: String?
    public var email: String?
    public var name: String?
    /// Seconds since 1970.
    public var expiresAt: Int64?
    public var revoked = false
    public var position: SourcePosition = .none
}

/// What the file tells of a key. Unique among plain values and among digests; a plain value and the digest of the
/// same one are not told apart here.
public enum KeyMaterial: Sendable, Hashable {
    case plain(Secret)
    case sha256(Digest256)
}

/// One entry of `auth.roles`.
public struct RoleSettings: Sendable, Equatable {
    public var name: String
    public var permissions: [String] = []
    public var position: SourcePosition = .none
}

/// One entry of `auth.rate_limits`: the bucket of each subject with this role.
public struct RoleLimitSettings: Sendable, Equatable {
    /// Defined in `auth.roles`, or `default`.
    public var role: String
    public var quota: Quota
    public var position: SourcePosition = .none

    /// The limit's name in headers, metrics and bucket keys. `limits[].name` cannot hold a colon, so never equals it.
    public var limitName: String { "role:\(role)" }
}
