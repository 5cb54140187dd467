/// Why a request got no answer that can be used. The raw value is the word in metrics and logs.
///
/// No case carries text from outside: what a server, a resolver or libcurl said is not repeated, so that no fault can
/// hold a credential, a token or the query of a URL.
public enum OutboundFault: String, CaseIterable, Error, Sendable {
    // It was never sent.
    case queueFull = "queue_full"
    case closed
    case invalidRequest = "invalid_request"
    // Nobody was reached.
    case nameNotResolved = "name_not_resolved"
    case notConnected = "not_connected"
    case proxyFailed = "proxy_failed"
    case handshakeFailed = "tls_handshake_failed"
    case certificateRefused = "certificate_refused"
    case authoritiesUnreadable = "ca_file_unreadable"
    // Somebody was, and the answer is none.
    case deadline = "deadline_passed"
    case interrupted
    case malformed = "malformed_response"
    case headTooLarge = "response_head_too_large"
    case bodyTooLarge = "response_body_too_large"
    case redirected
    case transport = "transport_failed"

    /// One sentence for a log, without a name, an address or a secret.
    public var description: String {
        switch self {
        case .queueFull: "too many requests are waiting already"
        case .closed: "the client has been closed"
        case .invalidRequest: "a field of the request holds a byte that HTTP does not allow there"
        case .nameNotResolved: "the server's name could not be resolved"
        case .notConnected: "the server did not accept a connection"
        case .proxyFailed: "the proxy named by the environment did not connect us"
        case .handshakeFailed: "the TLS handshake failed"
        case .certificateRefused: "the server's certificate is not one we trust for its name"
        case .authoritiesUnreadable: "the file of trusted certificate authorities could not be read"
        case .deadline: "no complete answer came before the deadline"
        case .interrupted: "the connection ended before the answer did"
        case .malformed: "the server's answer is not HTTP"
        case .headTooLarge: "the answer's head is longer than allowed"
        case .bodyTooLarge: "the answer's body is longer than allowed"
        case .redirected: "the server answered with a redirect, which is never followed"
        case .transport: "the request failed below HTTP"
        }
    }
}

extension OutboundFault: CustomStringConvertible {}
