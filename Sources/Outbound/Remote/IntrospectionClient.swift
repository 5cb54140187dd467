public import Credentials

/// Asks an OAuth2 introspection endpoint (RFC 7662) about tokens.
///
/// It remembers nothing: a cache's key is the endpoint's URL and the token's digest, and that is the worker's.
public final class IntrospectionClient: Sendable {
    private let remote: RemoteEndpoint
    private let credentials: ClientCredentials
    private let policy: IntrospectionPolicy

    public init(
        client: OutboundClient, endpoint: OutboundEndpoint, credentials: ClientCredentials,
        policy: IntrospectionPolicy, deadlineMillis: Int = 1_000
    ) {
        self.credentials = credentials
        self.policy = policy
        var fields = [
            OutboundRequest.Field("Content-Type", "application/x-www-form-urlencoded"),
            OutboundRequest.Field("Accept", "application/json"),
        ]
        if let authorization = credentials.authorization { fields.append(.init("Authorization", authorization)) }
        remote = RemoteEndpoint(client: client, endpoint: endpoint, fields: fields, deadlineMillis: deadlineMillis)
    }

    public var counters: RemoteCounters { remote.counters }

    /// - Parameters:
    ///   - token: as it came, at most what the caller takes of a token.
    ///   - deadlineMillis: what is left of the check's time; nil for the endpoint's own deadline.
    ///   - completion: once, on the outbound thread, or before this returns where the client is full.
    public func introspect(
        _ token: borrowing Span<UInt8>, deadlineMillis: Int? = nil,
        completion: @escaping @Sendable (RemoteVerdict<IntrospectedToken>) -> Void
    ) {
        let policy = policy
        remote.ask(
            credentials.body(token: token), deadlineMillis: deadlineMillis,
            judge: { IntrospectedToken.evaluate($0, policy: policy, at: $1) }, completion: completion)
    }
}
