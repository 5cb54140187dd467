/// `auth.websocket`: where a WebSocket handshake may carry its token, because a browser can set no `Authorization`.
public struct WebSocketSettings: Sendable, Equatable {
    /// The name offered before the token in `Sec-WebSocket-Protocol`; nil where none is read.
    public var subprotocol: String?
    /// The query parameter that holds the token; nil where none is read.
    public var queryParameter: String?

    public init(subprotocol: String? = nil, queryParameter: String? = nil) {
        self.subprotocol = subprotocol
        self.queryParameter = queryParameter
    }
}
