public import Bytes

/// What a proxy asked, in the words every dialect shares: the client's own request, not the proxy's.
///
/// The ranges lie in the bytes the dialect read from: the check request's head, or for JSON its document.
public struct CheckRequest: Sendable {
    public var dialect: Dialect
    /// The original method; `methodName` holds its bytes where it is `.other`.
    public var method: Method = .get
    public var methodName = ByteRange.empty
    /// The original path as the client sent it, without the query.
    public var path = ByteRange.empty
    /// What follows the path's question mark. Only looked into for a WebSocket's token, and never logged (gate.md 23).
    public var query = ByteRange.empty
    /// The original host, or empty where the proxy names none.
    public var host = ByteRange.empty
    public var address = ClientAddress.unknown
    /// The client speaks gRPC (`content-type: application/grpc*`) and hears a status only in `grpc-status`.
    public var isGRPC = false
    /// A CORS preflight: OPTIONS with Origin and Access-Control-Request-Method.
    public var isPreflight = false

    /// `x-request-id`, where somebody wants it; empty also where it came twice, or as no short printable word.
    public var requestID = ByteRange.empty

    /// Bytes of a request id that are worth repeating; a UUID has 36.
    public static let requestIDMax = 128

    public init(dialect: Dialect) {
        self.dialect = dialect
    }
}
