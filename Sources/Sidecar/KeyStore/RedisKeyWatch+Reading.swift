import Credentials
import RedisStore

// What has changed in Redis since it was last asked, and what Redis has forgotten.
extension RedisKeyWatch {
    /// Records on their way back into a store that forgot.
    static let restoringMax = 256

    func sync() {
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
        moves = 0
        if reading.isLevel(with: meta) { return level(with: ledger.known, changed: 0) }
        fetch(after: reading.begin(meta, of: ledger.known), meta)
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
                for line in lines { self.reading.take(line) }
                self.fetch(after: version, meta)
            }
        }
    }

    private func end(_ version: Int64, _ meta: RedisKeys.Meta) {
        guard let update = reading.update else { return lost("the reading was given up") }
        let known = update.finish()
        let forgotten = reading.end(at: version, meta, known)
        if forgotten.isEmpty { return level(with: known, changed: update.changed) }
        ledger.isCurrent(with: known, changed: update.changed)
        restore(forgotten[...])
    }

    private func level(with known: KnownKeys, changed: Int) {
        failures = 0
        isSyncing = false
        ledger.isCurrent(with: known, changed: changed)
        if mustSyncAgain { sync() }
    }

    /// Every replica puts back what it knows; of two states the later stays, whoever comes first.
    private func restore(_ lines: ArraySlice<[UInt8]>) {
        guard !lines.isEmpty, let epoch = reading.storeEpoch else { return level(with: ledger.known, changed: 0) }
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
}
