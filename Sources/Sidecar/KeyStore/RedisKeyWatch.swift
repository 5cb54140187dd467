import Credentials
import NIOCore
import RedisStore

/// Keeps a ledger level with the keys in Redis: told of each change as it is made, and asking twice a second whether
/// one was missed. On the store's own loop.
final class RedisKeyWatch {
    private let eventLoop: any EventLoop
    private let ledger: KeyLedger
    /// For the next connection; who we are may change.
    private var settings: RedisSettings
    private var keys: RedisKeys
    /// Up to which change, of which store, the ledger is level.
    private var version: Int64 = 0
    private var epoch: String?
    private var isSyncing = false
    private var mustSyncAgain = false
    private var isConnected = false
    private var failures = 0
    private var isClosed = false
    /// Of a whole reading, to know what the store has forgotten; nil while only changes are read.
    private var seen: Set<Int>?
    /// What has been read so far, in place: a copy for each reply would copy what may be a million keys.
    private var update: KeyUpdate?
    /// Between two connections.
    private var isWaiting = false

    static let pollInterval = TimeAmount.milliseconds(500)
    /// The pause before the first new connection; doubled up to `retryMax`.
    static let retryMillis: Int64 = 50
    static let retryMaxMillis: Int64 = 800
    /// Records on their way back into a store that forgot.
    static let restoringMax = 256

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
            bound.value.sync()
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

    private func lost(_ cause: String) {
        guard !isClosed else { return }
        ledger.isLost(cause)
        let mustRetry = isConnected || !isWaiting
        (isConnected, isSyncing, mustSyncAgain, seen, update) = (false, false, false, nil, nil)
        keys.close()
        guard mustRetry else { return }
        isWaiting = true
        let millis = min(Self.retryMaxMillis, Self.retryMillis << Int64(min(failures, 5)))
        failures += 1
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        // Half of it by chance, so that replicas do not come back at once.
        eventLoop.scheduleTask(in: .milliseconds(millis / 2 + .random(in: 0...millis / 2))) {
            let watch = bound.value
            watch.isWaiting = false
            watch.keys = RedisKeys(watch.settings, on: watch.eventLoop)
            watch.connect()
        }
    }

    private func lost(_ fault: RedisKeys.Fault) {
        switch fault {
        case .silence: lost("no answer")
        case .refused(let failure): lost(failure.rawValue)
        case .moved: lost("the keys' slot has moved")
        case .foreign: lost("what lies under the names of keys is not ours")
        }
    }

    // === Reading

    private func sync() {
        guard isConnected else { return }
        if isSyncing { return mustSyncAgain = true }
        (isSyncing, mustSyncAgain) = (true, false)
        keys.meta { [weak self] result in
            guard let self, self.isSyncing else { return }
            switch result {
            case .failure(let fault): self.lost(fault)
            case .success(let meta): self.compare(meta)
            }
        }
    }

    private func compare(_ meta: RedisKeys.Meta) {
        if meta.epoch == epoch, meta.version == version { return level(with: ledger.known, changed: 0) }
        if epoch != nil, meta.epoch != epoch || meta.version < version {
            // Restarted empty, restored from a backup, or failed over to a replica that lagged: read all of it, and
            // put back what it has forgotten.
            version = 0
            seen = []
        }
        update = KeyUpdate(of: ledger.known)
        fetch(after: version, meta)
    }

    private func fetch(after version: Int64, _ meta: RedisKeys.Meta) {
        keys.changes(after: version) { [weak self] result in
            guard let self, self.isSyncing else { return }
            switch result {
            case .failure(let fault): self.lost(fault)
            case .success(let changes):
                guard let last = changes.last else { return self.end(version, meta) }
                self.take(changes.map(\.id), upTo: last.version, meta)
            }
        }
    }

    private func take(_ ids: [[UInt8]], upTo version: Int64, _ meta: RedisKeys.Meta) {
        keys.lines(of: ids) { [weak self] result in
            guard let self, self.isSyncing else { return }
            switch result {
            case .failure(let fault): self.lost(fault)
            case .success(let lines):
                for line in lines {
                    self.update?.add(line.span)
                    self.seen?.insert(line.hashValue)
                }
                self.fetch(after: version, meta)
            }
        }
    }

    private func end(_ version: Int64, _ meta: RedisKeys.Meta) {
        guard let update else { return lost("the reading was given up") }
        self.update = nil
        self.version = max(version, meta.version)
        let known = update.finish()
        guard let seen else {
            epoch = meta.epoch ?? epoch
            return level(with: known, changed: update.changed)
        }
        self.seen = nil
        var forgotten: [[UInt8]] = []
        known.forEachLine { line in
            let bytes = line.indices.map { line[$0] }
            if !seen.contains(bytes.hashValue) { forgotten.append(bytes) }
        }
        epoch = meta.epoch ?? epoch
        ledger.isCurrent(with: known, changed: update.changed)
        restore(forgotten[...])
    }

    private func level(with known: KnownKeys, changed: Int) {
        failures = 0
        isSyncing = false
        ledger.isCurrent(with: known, changed: changed)
        if mustSyncAgain { sync() }
    }

    // === Putting back

    /// Every replica puts back what it knows; of two states the later stays, whoever comes first.
    private func restore(_ lines: ArraySlice<[UInt8]>) {
        guard !lines.isEmpty, let epoch else { return level(with: ledger.known, changed: 0) }
        var awaited = 0
        for line in lines.prefix(Self.restoringMax) {
            guard let record = KeyRecord(json: line.span) else { continue }
            awaited += 1
            keys.restore(record.id, line, revision: record.revision, epoch: epoch) { [weak self] result in
                awaited -= 1
                guard let self, self.isSyncing else { return }
                if case .success(.done) = result { self.ledger.metrics.update { $0.restored &+= 1 } }
                if case .failure(let fault) = result { return self.lost(fault) }
                if awaited == 0 { self.restore(lines.dropFirst(Self.restoringMax)) }
            }
        }
        if awaited == 0 { restore(lines.dropFirst(Self.restoringMax)) }
    }

    /// Notes when keys were last used. What cannot be noted now is noted at the next use.
    func noteUse(_ times: [String: Int64], _ completion: @escaping () -> Void) {
        guard isConnected, !times.isEmpty else { return completion() }
        keys.noteUse(times.map { (id: $0.key, seconds: $0.value) }) { _ in completion() }
    }
}
