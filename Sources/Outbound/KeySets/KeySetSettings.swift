public import Credentials

/// Where one issuer's keys are and how they are kept.
public struct KeySetSettings: Sendable {
    public enum Origin: Sendable {
        /// `jwks_url`.
        case keySet(OutboundEndpoint)
        /// OpenID Connect discovery.
        case issuer(String)
    }

    public var origin: Origin
    public var algorithms: [SignatureAlgorithm]
    /// For discovery and for the keys it leads to; the endpoint of `keySet` has its own.
    public var caFile: String?
    public var cooldownSeconds: Int
    public var staleSeconds: Int
    /// Of each of the two requests.
    public var deadlineMillis: Int

    public init(
        origin: Origin, algorithms: [SignatureAlgorithm], caFile: String? = nil, cooldownSeconds: Int = 10,
        staleSeconds: Int = 86_400, deadlineMillis: Int = 2_000
    ) {
        self.origin = origin
        self.algorithms = algorithms
        self.caFile = caFile
        self.cooldownSeconds = cooldownSeconds
        self.staleSeconds = staleSeconds
        self.deadlineMillis = deadlineMillis
    }
}
