import Configuration
import Credentials

/// A key store as the command line sees it: one question or change at a time, each waited for.
protocol KeyStorage {
    /// Every record, in no order.
    func records() throws -> [KeyRecord]
    func record(_ id: String) throws -> KeyRecord?
    /// Puts a record in the place of the state it was made from, nil for none.
    func put(_ record: KeyRecord, over old: KeyRecord?) throws -> KeyPut
    /// Records that may be added in one step, wholly or not at all.
    var addedMax: Int { get }
    /// Adds records that are not there yet; an outcome for each, up to the first for which there is no room.
    func add(_ records: ArraySlice<KeyRecord>) throws -> [KeyPut]
    /// When keys were last used, as far as that was noted.
    func lastUse(of ids: [String]) throws -> [String: Int64]
    func close()
}

enum KeyPut {
    case done
    /// Another record is there, where it can be read: somebody else has put it there meanwhile.
    case conflict(KeyRecord?)
    /// There are as many keys as a store may hold.
    case full
}

/// In a file, as `KeyFile` has it.
struct FileKeyStorage: KeyStorage {
    let file: KeyFile

    /// Lines of the past beside one of the present, and this many more, before a file is replaced.
    private static let slack = 1_000

    func records() throws -> [KeyRecord] { Array(try read().values) }

    func record(_ id: String) throws -> KeyRecord? { try read()[id] }

    private func read() throws(KeyFile.Fault) -> [String: KeyRecord] {
        guard try KeyFile.identity(at: file.path) != nil else { return [:] }
        return try file.reading { descriptor throws(KeyFile.Fault) in try latest(descriptor).records }
    }

    private func latest(_ descriptor: Int32) throws(KeyFile.Fault) -> (records: [String: KeyRecord], lines: Int) {
        var records: [String: KeyRecord] = [:]
        var lines = 0
        _ = try KeyFile.read(descriptor, from: 0) { line in
            lines += 1
            guard let record = KeyRecord(json: line) else { return }
            if let known = records[record.id], known.revision > record.revision { return }
            records[record.id] = record
        }
        return (records, lines)
    }

    func put(_ record: KeyRecord, over old: KeyRecord?) throws -> KeyPut {
        try file.locked { descriptor throws(KeyFile.Fault) in
            var (records, lines) = try latest(descriptor)
            if records[record.id] != old { return .conflict(records[record.id]) }
            if old == nil, records.count >= KeyRecord.recordsMax { return .full }
            records[record.id] = record
            if lines > 2 * records.count + Self.slack {
                let all = records.values.sorted { $0.id < $1.id }
                try KeyFile.replace(file.path, with: all.flatMap { $0.json + [0x0A] })
            } else {
                try file.append([record.json], to: descriptor)
            }
            return .done
        }
    }

    /// Each step reads the whole file.
    var addedMax: Int { KeyRecord.recordsMax }

    func add(_ new: ArraySlice<KeyRecord>) throws -> [KeyPut] {
        try file.locked { descriptor throws(KeyFile.Fault) in
            let records = try latest(descriptor).records
            var (outcomes, lines): ([KeyPut], [[UInt8]]) = ([], [])
            for record in new {
                if let known = records[record.id] {
                    outcomes.append(.conflict(known))
                } else if records.count + lines.count < KeyRecord.recordsMax {
                    outcomes.append(.done)
                    lines.append(record.json)
                } else {
                    outcomes.append(.full)
                    break
                }
            }
            try file.append(lines, to: descriptor)
            return outcomes
        }
    }

    func lastUse(of ids: [String]) throws -> [String: Int64] {
        let all = KeyUses(path: file.usePath).times
        return Dictionary(uniqueKeysWithValues: ids.compactMap { id in all[id].map { (id, $0) } })
    }

    func close() {}
}

extension Settings {
    func storage(of store: KeyStoreSettings) throws -> any KeyStorage {
        switch store.place {
        case .file(let path): return FileKeyStorage(file: KeyFile(path: path))
        case .redis:
            guard let redis else { throw StartupError("the configuration has no redis") }
            return RedisKeyStorage(try RedisTerms.settings(redis, workers: 1))
        }
    }

    /// All stored keys as they are now, for one request that is explained. Waits for the store.
    func readStoredKeys() -> (known: KnownKeys, standing: KeyStanding) {
        guard let keyStore else { return (KnownKeys(), .none) }
        guard let storage = try? storage(of: keyStore) else { return (KnownKeys(), .loading) }
        defer { storage.close() }
        guard let records = try? storage.records() else { return (KnownKeys(), .loading) }
        var update = KeyUpdate(of: KnownKeys())
        for record in records { update.add(record.json.span) }
        return (update.finish(), .current)
    }
}
