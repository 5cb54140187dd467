/// How a principal proved who it is. The raw value is the word in `X-Auth-Method`, logs and metrics; an authenticator
/// compiled in from outside has the name it was registered under.
public struct AuthenticationMethod: RawRepresentable, Hashable, Sendable {
    public let rawValue: String

    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    public static let none = AuthenticationMethod(rawValue: "none")
    public static let apiKey = AuthenticationMethod(rawValue: "api_key")
    public static let jwt = AuthenticationMethod(rawValue: "jwt")
    public static let oauth2 = AuthenticationMethod(rawValue: "oauth2")
    public static let mtls = AuthenticationMethod(rawValue: "mtls")
    public static let external = AuthenticationMethod(rawValue: "external")
}

/// Who is asking: immutable, made once per key when a Snapshot is compiled, and shared by every check that shows it.
///
/// A principal is (provider, issuer, subject); two subjects of one name from two providers are two principals
/// (gate.md 9). Anonymous is a principal too: it has a method of `none` and no subject.
public final class Principal: Sendable {
    public let method: AuthenticationMethod
    public let issuer: String?
    public let subject: String?
    public let keyID: String?
    public let email: String?
    public let name: String?
    public let tenant: String?
    public let roles: [String]
    public let permissions: [String]
    public let scopes: [String]
    /// Seconds since 1970 after which the credential is no longer good, or nil.
    public let expiresAt: Int64?

    public init(
        method: AuthenticationMethod, issuer: String? = nil, subject: String? = nil, keyID: String? = nil,
        email: String? = nil, name: String? = nil, tenant: String? = nil, roles: [String] = [],
        permissions: [String] = [], scopes: [String] = [], expiresAt: Int64? = nil
    ) {
        self.method = method
        self.issuer = issuer
        self.subject = subject
        self.keyID = keyID
        self.email = email
        self.name = name
        self.tenant = tenant
        self.roles = roles
        self.permissions = permissions
        self.scopes = scopes
        self.expiresAt = expiresAt
    }

    public static let anonymous = Principal(method: .none)

    public var isAnonymous: Bool { subject == nil }
}
