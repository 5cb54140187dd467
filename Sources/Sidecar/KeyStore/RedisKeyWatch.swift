import Credentials
import NIOCore
import RedisStore

/// Keeps a ledger level with the keys in Redis: told of each change as it is made, and asking twice a second whether
/// one was missed. On the store's own loop.
final class RedisKeyWatch {
    private let eventLoop: any EventLoop
    let ledger: KeyLedger
    /// For the next connection; who we are may change.
    private var settings: RedisSettings
    private(set) var keys: RedisKeys
    /// What has been read over this connection and the ones before.
    var reading = KeyReading()
    var isSyncing = false
    var mustSyncAgain = false
    private(set) var isConnected = false
    var failures = 0
    /// Servers in a row that sent us on.
    var moves = 0
    private var isClosed = false
    /// Between two connections.
    private var isWaiting = false
    private var polls = 0

    static let pollInterval = TimeAmount.milliseconds(500)
    /// Polls after which Sentinel is asked whether the keys are still here.
    static let masterPolls = 2
    /// The pause before the first new connection; doubled up to `retryMax`.
    static let retryMillis: Int64 = 50
    static let retryMaxMillis: Int64 = 800
    /// More servers than this that send us on are no cluster that works.
    static let movesMax = 5

    init(_ settings: RedisSettings, on eventLoop: any EventLoop, _ ledger: KeyLedger) {
        self.eventLoop = eventLoop
        self.ledger = ledger
        self.settings = settings
        keys = RedisKeys(settings, on: eventLoop)
    }

    func start() {
        connect()
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        eventLoop.scheduleRepeatedTask(initialDelay: Self.pollInterval, delay: Self.pollInterval) { task in
            if bound.value.isClosed { return task.cancel() }
            bound.value.poll()
        }
    }

    private func poll() {
        sync()
        polls += 1
        guard isConnected, polls % Self.masterPolls == 0 else { return }
        let asked = keys
        keys.areElsewhere { [weak self] areElsewhere in
            guard areElsewhere, let self, self.keys === asked, self.isConnected else { return }
            self.reconnect()
        }
    }

    /// Other credentials: for the next connection.
    func replace(_ settings: RedisSettings) { self.settings = settings }

    func close() {
        isClosed = true
        keys.close()
    }

    private func connect() {
        guard !isClosed else { return }
        let opened = keys
        keys.open(onChange: { [weak self] in self?.sync() }, onLost: { [weak self] in self?.lost($0.rawValue) }) {
            [weak self] failure in
            guard let self, self.keys === opened else { return }
            if let failure { return self.lost(failure.rawValue) }
            self.isConnected = true
            self.sync()
        }
    }

    /// At once, and to wherever the keys are by now.
    private func reconnect() {
        disconnect()
        keys = RedisKeys(settings, on: eventLoop, after: keys)
        connect()
    }

    private func disconnect() {
        (isConnected, isSyncing, mustSyncAgain) = (false, false, false)
        reading.giveUp()
        keys.close()
    }

    func lost(_ cause: String) {
        guard !isClosed else { return }
        ledger.isLost(cause)
        let mustRetry = isConnected || !isWaiting
        disconnect()
        guard mustRetry else { return }
        isWaiting = true
        let millis = min(Self.retryMaxMillis, Self.retryMillis << Int64(min(failures, 5)))
        failures += 1
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        // Half of it by chance, so that replicas do not come back at once.
        eventLoop.scheduleTask(in: .milliseconds(millis / 2 + .random(in: 0...millis / 2))) {
            bound.value.isWaiting = false
            bound.value.reconnect()
        }
    }

    func lost(_ fault: RedisKeys.Fault) {
        switch fault {
        case .silence: lost("no answer")
        case .refused(let failure): lost(failure.rawValue)
        case .moved where moves < Self.movesMax:
            moves += 1
            reconnect()
        case .moved: lost("the keys' slot has moved")
        case .foreign: lost("what lies under the names of keys is not ours")
        }
    }

    /// Notes when keys were last used. What cannot be noted now is noted at the next use.
    func noteUse(_ times: [String: Int64], _ completion: @escaping () -> Void) {
        guard isConnected, !times.isEmpty else { return completion() }
        keys.noteUse(times.map { (id: $0.key, seconds: $0.value) }) { _ in completion() }
    }
}
