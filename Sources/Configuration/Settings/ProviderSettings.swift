public import Domain

extension AuthSettings {
    /// One way to prove identity.
    public enum Provider: Hashable, Sendable {
        case apiKey, jwt, oauth2, mtls, external
        /// An authenticator compiled in, by the name it was registered under.
        case custom(String)

        /// The word in the file, which is the method of its principals too.
        public var name: String {
            switch self {
            case .apiKey: "api_key"
            case .jwt: "jwt"
            case .oauth2: "oauth2"
            case .mtls: "mtls"
            case .external: "external"
            case .custom(let name): name
            }
        }

        static let builtIn: [Provider] = [.apiKey, .jwt, .oauth2, .mtls, .external]
    }

    /// `auth.mode`. Which providers judge is in `providers`, whatever the mode.
    public enum Mode: Hashable, Sendable {
        /// Everyone is anonymous.
        case none
        case single(Provider)
        /// Two providers or more; `composite` of one is `single`.
        case composite

        public static let apiKey = Mode.single(.apiKey)
    }
}

/// `auth.on_undecidable`: what a credential means that nobody could judge (gate.md 13).
public enum UndecidableRule: String, CaseIterable, Sendable {
    case deny
    /// 503, so that the proxy decides.
    case `defer`
}

/// `auth.failed_credentials`: how many bad credentials an address may show before cold work is refused (gate.md 12).
public struct FailedCredentialSettings: Sendable, Equatable {
    public var isEnabled = true
    public var quota = Quota(tokens: 100, period: 60_000_000, burst: 200)
}
