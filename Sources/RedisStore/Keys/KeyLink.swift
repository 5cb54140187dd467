import NIOCore

/// One connection to the server that holds the keys: commands out, replies back in order. What to do when it is lost
/// its owner decides. Cold: everything here may allocate.
final class KeyLink: RedisPeer {
    enum State { case idle, connecting, greeting, ready, lost }

    /// What any command may take, and connecting with all that belongs to it.
    static let deadline = TimeAmount.seconds(1)

    private let settings: RedisSettings
    private let eventLoop: any EventLoop
    private let connector: any RedisConnector
    private var connection: RedisConnection?
    private(set) var state = State.idle
    private var waiting: [(KeyReply?) -> Void] = []
    private var greetings = 0
    private var command = CommandEncoder()
    private var alarm: Scheduled<Void>?
    private var opened: ((RedisFailure?) -> Void)?
    /// Replies nobody asked for, which are messages.
    private let onMessage: () -> Void
    private let onLost: (RedisFailure) -> Void
    private var isSubscribed = false

    init(
        _ settings: RedisSettings, on eventLoop: any EventLoop, connector: any RedisConnector,
        onMessage: @escaping () -> Void = {}, onLost: @escaping (RedisFailure) -> Void = { _ in }
    ) {
        self.settings = settings
        self.eventLoop = eventLoop
        self.connector = connector
        self.onMessage = onMessage
        self.onLost = onLost
    }

    /// Connects, authenticates and selects the database.
    ///
    /// - Parameter completion: nil: it is ready. Called once; `onLost` is for later.
    func open(_ endpoint: RedisEndpoint, _ completion: @escaping (RedisFailure?) -> Void) {
        state = .connecting
        opened = completion
        let connection = RedisConnection(peer: self, keepsShape: true)
        self.connection = connection
        armAlarm()
        let bound = NIOLoopBound((link: self, connection: connection), eventLoop: eventLoop)
        connector.connect(connection, to: endpoint, on: eventLoop).whenComplete { result in
            switch result {
            case .success: bound.value.link.greet(bound.value.connection)
            case .failure: bound.value.link.lost(bound.value.connection, .unreachable)
            }
        }
    }

    private func greet(_ connection: RedisConnection) {
        guard self.connection === connection, state == .connecting else { return connection.abandon() }
        state = .greeting
        var steps: [Handshake.Step] = [.name]
        if settings.password != nil { steps.insert(.authenticate, at: 0) }
        if settings.database != 0 { steps.append(.select) }
        greetings = steps.count
        var bytes = ByteBuffer()
        for step in steps {
            Handshake.encode(step, settings: settings, into: &command)
            command.write(to: &bytes)
        }
        connection.write(bytes)
    }

    /// - Parameter completion: nil: the connection was lost before the reply, and what the command did is unknown.
    func send(_ arguments: [[UInt8]], _ completion: @escaping (KeyReply?) -> Void) {
        guard state == .ready, let connection else { return completion(nil) }
        waiting.append(completion)
        write(arguments, connection)
        armAlarm()
    }

    /// Listens to a channel: of every message `onMessage` is told.
    func subscribe(_ channel: [UInt8], _ completion: @escaping (KeyReply?) -> Void) {
        send([Array("SUBSCRIBE".utf8), channel]) { [weak self] reply in
            self?.isSubscribed = reply?.error == nil
            completion(reply)
        }
    }

    private func write(_ arguments: [[UInt8]], _ connection: RedisConnection) {
        command.begin()
        for argument in arguments { command.argument(argument) }
        var bytes = ByteBuffer()
        command.write(to: &bytes)
        connection.write(bytes)
    }

    override func received(_ reply: ReplyReader, on connection: RedisConnection) {
        guard self.connection === connection else { return }
        if state == .greeting { return greeted(reply, connection) }
        if waiting.isEmpty {
            return isSubscribed ? onMessage() : lost(connection, .protocolViolation)
        }
        let completion = waiting.removeFirst()
        if waiting.isEmpty { alarm?.cancel() } else { armAlarm() }
        completion(KeyReply(reply))
    }

    private func greeted(_ reply: ReplyReader, _ connection: RedisConnection) {
        // A name is a courtesy that old servers may refuse.
        if reply.kind == .error, case .failure(let failure) = ReplyError.classify(reply.string(0)),
            failure == .authentication || failure == .loading
        {
            return lost(connection, failure)
        }
        greetings -= 1
        guard greetings == 0 else { return }
        state = .ready
        alarm?.cancel()
        let completion = opened
        opened = nil
        completion?(nil)
    }

    override func lost(_ connection: RedisConnection, _ reason: RedisFailure) {
        connection.abandon()
        guard self.connection === connection, state != .lost else { return }
        state = .lost
        alarm?.cancel()
        self.connection = nil
        let (completions, opened) = (waiting, opened)
        (waiting, self.opened) = ([], nil)
        for completion in completions { completion(nil) }
        if let opened { opened(reason) } else { onLost(reason) }
    }

    /// Gives it up without a word.
    func close() {
        guard state != .lost else { return }
        state = .lost
        alarm?.cancel()
        connection?.abandon()
        connection = nil
        let completions = waiting
        (waiting, opened) = ([], nil)
        for completion in completions { completion(nil) }
    }

    /// From now on: a server that answers something, however slowly, is alive.
    private func armAlarm() {
        alarm?.cancel()
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        alarm = eventLoop.scheduleTask(in: KeyLink.deadline) {
            if let connection = bound.value.connection { bound.value.lost(connection, .deadline) }
        }
    }
}
