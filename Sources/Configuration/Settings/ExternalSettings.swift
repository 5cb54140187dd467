/// `auth.external`: somebody else says who is asking.
public struct ExternalSettings: Sendable, Equatable {
    public enum Format: String, CaseIterable, Sendable {
        case postern
    }

    /// `https://…`, `http://…` on loopback, or `unix:/socket:/path`: what `Outbound` takes for an endpoint.
    public var url: String
    public var format: Format = .postern
    /// The longest one question may take. 1…60,000.
    public var deadlineMilliseconds = 200
    /// How long an identity serves for the same credential. 0…3,600; 0 asks each time.
    public var cacheSeconds = 0
    /// How long a refusal does. 0…300.
    public var negativeCacheSeconds = 0
    /// Names of the request's headers sent along, in lower case, each once. The credential is always sent.
    public var headers: [String] = []
    /// Absolute path of a PEM file for https; nil trusts the system's roots.
    public var caFile: String?
    /// The roles of an identity that names none. Each defined in `auth.roles`, or `default`.
    public var defaultRoles: [String] = ["default"]
    /// Put before each subject.
    public var subjectPrefix: String?
    public var position: SourcePosition = .none
}

/// `authorization`: somebody else has the last word on whether a request may pass. It is asked after the routes, and
/// cannot allow what they refuse.
public struct ExternalAuthorizationSettings: Sendable, Equatable {
    public enum Format: String, CaseIterable, Sendable {
        case postern
        /// The data API of Open Policy Agent: `{"input": …}` and `{"result": …}`.
        case opa
    }

    /// What an answer that does not come means.
    public enum FailureRule: String, CaseIterable, Sendable {
        case deny
        /// 503, so that the proxy decides (gate.md 13).
        case `defer`
        /// Whoever the routes let pass, passes.
        case allow
    }

    /// `external`, as `ExternalSettings.url`.
    public var url: String
    public var format: Format = .postern
    /// The longest one question may take. 1…60,000.
    public var deadlineMilliseconds = 200
    /// How long an answer serves for the same question. 0…3,600; 0 asks each time.
    public var cacheSeconds = 0
    public var onFailure: FailureRule = .deny
    /// Names of the request's headers sent along, in lower case, each once. Never a credential's carrier.
    public var headers: [String] = []
    /// Absolute path of a PEM file for https; nil trusts the system's roots.
    public var caFile: String?
    public var position: SourcePosition = .none
}
