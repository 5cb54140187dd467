import Credentials

/// A key store as the command line sees it: one question or change at a time, each waited for.
protocol KeyStorage {
    /// Every record, in no order.
    func records() throws -> [KeyRecord]
    func record(_ id: String) throws -> KeyRecord?
    /// Puts a record in the place of the state it was made from, nil for none.
    func put(_ record: KeyRecord, over old: KeyRecord?) throws -> KeyPut
    /// When keys were last used, as far as that was noted.
    func lastUse(of ids: [String]) throws -> [String: Int64]
    func close()
}

enum KeyPut {
    case done
    /// Somebody else has changed it meanwhile.
    case conflict
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
            if records[record.id] != old { return .conflict }
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

    func lastUse(of ids: [String]) throws -> [String: Int64] {
        let all = KeyUses.read(file.usePath)
        return Dictionary(uniqueKeysWithValues: ids.compactMap { id in all[id].map { (id, $0) } })
    }

    func close() {}
}
