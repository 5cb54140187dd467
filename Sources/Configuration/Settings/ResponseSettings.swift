/// `response`.
public struct ResponseSettings: Sendable, Equatable {
    /// The body of a denial.
    public enum ErrorFormat: String, CaseIterable, Sendable {
        /// RFC 9457.
        case problem
        /// As clients of that framework parse it.
        case dockrion
        case agentGateway = "agent_gateway"
        case agentflow
    }

    public enum RateLimitHeaders: String, CaseIterable, Sendable {
        /// `RateLimit-Policy` and `RateLimit`, of the IETF draft.
        case ietf
        /// `X-RateLimit-Limit`, `-Remaining` and `-Reset`.
        case xRateLimit = "x-ratelimit"
    }

    /// What `X-RateLimit-Reset` counts.
    public enum ResetForm: String, CaseIterable, Sendable {
        /// Seconds from now.
        case delta
        /// Seconds since 1970.
        case epoch
    }

    public var errors: ErrorFormat = .problem
    public var rateLimitHeaders: Set<RateLimitHeaders> = [.ietf, .xRateLimit]
    public var xRateLimitReset: ResetForm = .delta
    public var identityHeaders = IdentityHeaderSettings()
    /// Nil signs nothing.
    public var assertion: AssertionSettings?
}

/// `response.identity_headers`: what the agent is told about its caller.
public struct IdentityHeaderSettings: Sendable, Equatable {
    /// The raw value is the word in the file; the header is `prefix` and the name of `headerSuffix`.
    public enum Field: String, CaseIterable, Sendable {
        case userID = "user-id"
        case email, name, roles, permissions, scopes
        case tenantID = "tenant-id"
        case method
        case keyID = "key-id"
        case issuer, expires

        /// In the canonical case of Go, which Caddy's placeholders need (gate.md 26).
        public var headerSuffix: String {
            switch self {
            case .userID: "User-Id"
            case .email: "Email"
            case .name: "Name"
            case .roles: "Roles"
            case .permissions: "Permissions"
            case .scopes: "Scopes"
            case .tenantID: "Tenant-Id"
            case .method: "Method"
            case .keyID: "Key-Id"
            case .issuer: "Issuer"
            case .expires: "Expires"
            }
        }
    }

    public var prefix = "X-Auth-"
    /// In the order of `Field.allCases`, whatever the file's. Those left out are blanked nonetheless.
    public var fields: [Field] = Field.allCases
}
