/// What one client may hold at once. Everything it keeps is bounded by one of these.
public struct OutboundBounds: Sendable {
    /// Requests accepted and not yet answered, waiting or under way; one more is refused with `queueFull`.
    public var requestsMax: Int
    /// Connections open at once, to everybody.
    public var connectionsMax: Int
    /// Connections open at once to one server.
    public var connectionsPerHostMax: Int

    public init(requestsMax: Int = 1_024, connectionsMax: Int = 128, connectionsPerHostMax: Int = 32) {
        self.requestsMax = requestsMax
        self.connectionsMax = connectionsMax
        self.connectionsPerHostMax = connectionsPerHostMax
    }

    /// Bytes of an answer's head: status lines and fields, trailers included.
    static let headBytesMax = 32_768
    /// Seconds after which a connection is not used again, so that a server that moved is found at its new address.
    static let connectionAgeMax = 600
    /// Easy handles kept for the next request.
    static let idleHandlesMax = 32
    /// Milliseconds the thread sleeps at most; only a wakeup that got lost would ever need it.
    static let sleepMillisMax: UInt64 = 60_000
}
