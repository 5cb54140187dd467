import NIOCore

/// The connection to one Sentinel, kept open and opened anew when it is asked again after a loss.
final class SentinelLink: RedisPeer {
    private let sentinels: Sentinels
    private let index: Int
    private var connection: RedisConnection?
    private var isConnected = false
    /// Replies that are due; the last is the master's address, what comes before is the answer to AUTH.
    private var due = 0
    private var command = CommandEncoder()

    init(_ sentinels: Sentinels, index: Int) {
        self.sentinels = sentinels
        self.index = index
    }

    /// Asks for the master. The answer, or that there is none, goes to the Sentinels.
    func ask() {
        // Still silent since the last question: it hangs.
        if due > 0 { drop() }
        if isConnected { return send(authenticating: false) }
        if connection != nil { return }
        let connection = RedisConnection(peer: self)
        self.connection = connection
        let loop = sentinels.store.eventLoop
        let bound = NIOLoopBound((link: self, connection: connection), eventLoop: loop)
        sentinels.store.sentinelConnector.connect(connection, to: sentinels.terms.nodes[index], on: loop)
            .whenComplete { result in
                let (link, connection) = bound.value
                switch result {
                case .success: link.connected(connection)
                case .failure: link.lost(connection, .unreachable)
                }
            }
    }

    func drop() {
        connection?.abandon()
        connection = nil
        isConnected = false
        due = 0
    }

    private func connected(_ connection: RedisConnection) {
        guard self.connection === connection else { return connection.abandon() }
        isConnected = true
        send(authenticating: sentinels.terms.password != nil)
    }

    private func send(authenticating: Bool) {
        var bytes = ByteBuffer()
        if authenticating {
            Handshake.encodeAuthentication(sentinels.terms.username, sentinels.terms.password, into: &command)
            due += 1
            command.write(to: &bytes)
        }
        command.begin()
        command.argument("SENTINEL")
        command.argument("GET-MASTER-ADDR-BY-NAME")
        command.argument(sentinels.terms.master.utf8)
        due += 1
        command.write(to: &bytes)
        connection?.write(bytes)
    }

    override func received(_ reply: ReplyReader, on connection: RedisConnection) {
        guard self.connection === connection, due > 0 else { return connection.abandon() }
        due -= 1
        if reply.kind == .error {
            drop()
            return sentinels.received(nil, from: index)
        }
        if due > 0 { return }
        var master: RedisEndpoint?
        if reply.kind == .array, let port = Int(reply.string(1)), (1...65_535).contains(port) {
            master = .tcp(host: reply.string(0), port: port)
        }
        sentinels.received(master, from: index)
    }

    override func lost(_ connection: RedisConnection, _ reason: RedisFailure) {
        connection.abandon()
        guard self.connection === connection else { return }
        let wasAsked = due > 0 || !isConnected
        drop()
        if wasAsked { sentinels.received(nil, from: index) }
    }
}
