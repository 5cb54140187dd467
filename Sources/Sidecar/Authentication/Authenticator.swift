public import Domain

/// An authenticator of your own, compiled in: register it, and name it in `auth.mode` or `auth.providers`.
///
/// It judges bearers and keys that Postern does not know by itself. It is asked on a worker's event loop, and must not
/// block it: what takes its time answers later, from any thread. An answer that does not come within
/// `AuthenticatorRegistry.deadlineMilliseconds` is undecidable. Answers are remembered for as long as they say.
public protocol Authenticator: Sendable {
    /// The word in the configuration, and the `X-Auth-Method` of its principals: lower-case letters, digits and `_`.
    var name: String { get }

    /// - Parameter answer: called once; more calls do nothing.
    func authenticate(_ attempt: AuthenticationAttempt, answer: @escaping @Sendable (AuthenticationAnswer) -> Void)
}

/// What is known of one attempt. A copy: it outlives the request.
public struct AuthenticationAttempt: Sendable {
    /// The credential's bytes as they came, any bytes at all.
    public var credential: [UInt8]
    /// Whether it came in the key header; else it came in `Authorization: Bearer`.
    public var isInKeyHeader: Bool
    public var method: String
    /// Without the query.
    public var path: String
    public var host: String
    /// Nil where it is unknown (behind some proxies it is).
    public var address: String?
    /// Seconds since 1970.
    public var now: Int64
}

/// What an authenticator of your own says.
public enum AuthenticationAnswer: Sendable {
    /// Who it is. The principal's method is replaced by the authenticator's name, and its roles' permissions are added.
    /// - cacheSeconds: how long the same credential is not asked about again, at most until the principal's expiry.
    case identified(Principal, cacheSeconds: Int64)
    /// A bad credential: 401. Remembered for some seconds.
    case refused
    /// Nobody can say at the moment: `auth.on_undecidable`.
    case undecidable
}

/// The authenticators compiled in, by name.
public struct AuthenticatorRegistry: Sendable {
    /// What an answer may take.
    public static let deadlineMilliseconds = 1_000

    public private(set) var authenticators: [String: any Authenticator] = [:]

    public init() {}

    /// - Precondition: the name is a word, not one of the configuration's own modes, and not registered yet.
    public mutating func register(_ authenticator: any Authenticator) {
        let name = authenticator.name
        let isWord = !name.isEmpty && name.utf8.allSatisfy { $0 &- 0x61 < 26 || $0 &- 0x30 < 10 || $0 == 0x5F }
        precondition(isWord, "an authenticator's name is lower-case letters, digits and _")
        precondition(!AuthenticatorRegistry.reserved.contains(name), "'\(name)' is a mode of Postern's own")
        precondition(authenticators[name] == nil, "the authenticator '\(name)' is registered twice")
        authenticators[name] = authenticator
    }

    public var names: [String] { authenticators.keys.sorted() }

    private static let reserved: Set<String> = [
        "none", "api_key", "jwt", "oauth2", "mtls", "external", "composite",
    ]
}
