public import Credentials
public import Domain

/// Asks somebody else who a credential belongs to (`auth.mode: external`).
public final class ExternalAuthenticatorClient: Sendable {
    private let remote: RemoteEndpoint

    public init(client: OutboundClient, endpoint: OutboundEndpoint, deadlineMillis: Int = 200) {
        remote = RemoteEndpoint(
            client: client, endpoint: endpoint, fields: RemoteEndpoint.jsonFields, deadlineMillis: deadlineMillis)
    }

    public var counters: RemoteCounters { remote.counters }

    /// - Parameters:
    ///   - kind: how the credential was carried, for the other side: `bearer`, `api_key`, …
    ///   - completion: once, on the outbound thread; before this returns where the client is full, or where the
    ///     credential is not UTF-8 and therefore refused without asking.
    public func authenticate(
        kind: String, credential: borrowing Span<UInt8>, request: ExternalRequest, deadlineMillis: Int? = nil,
        completion: @escaping @Sendable (RemoteVerdict<ExternalIdentity>) -> Void
    ) {
        guard let body = ExternalAuthentication.body(kind: kind, value: credential, request: request) else {
            return completion(.refused(.credentialRefused, claim: nil))
        }
        remote.ask(
            body, deadlineMillis: deadlineMillis, judge: { ExternalAuthentication.evaluate($0, at: $1) },
            completion: completion)
    }
}

/// Asks somebody else whether a principal may (`authorization.external`).
public final class ExternalAuthorizerClient: Sendable {
    private let remote: RemoteEndpoint
    private let format: ExternalAuthorization.Format

    public init(
        client: OutboundClient, endpoint: OutboundEndpoint, format: ExternalAuthorization.Format,
        deadlineMillis: Int = 200
    ) {
        self.format = format
        remote = RemoteEndpoint(
            client: client, endpoint: endpoint, fields: RemoteEndpoint.jsonFields, deadlineMillis: deadlineMillis)
    }

    public var counters: RemoteCounters { remote.counters }

    /// - Parameter completion: `accepted` with a decision that allows or denies; never `refused`. Once, on the outbound
    ///   thread, or before this returns where the client is full.
    public func authorize(
        _ principal: Principal, request: ExternalRequest, deadlineMillis: Int? = nil,
        completion: @escaping @Sendable (RemoteVerdict<ExternalDecision>) -> Void
    ) {
        let format = format
        remote.ask(
            ExternalAuthorization.body(format, principal: principal, request: request),
            deadlineMillis: deadlineMillis, judge: { answer, _ in ExternalAuthorization.evaluate(answer, as: format) },
            completion: completion)
    }
}

extension RemoteEndpoint {
    fileprivate static let jsonFields = [
        OutboundRequest.Field("Content-Type", "application/json"), OutboundRequest.Field("Accept", "application/json"),
    ]
}
