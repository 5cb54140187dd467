import Credentials
import RedisStore

/// How far a store's changes have been read, and what must be looked at again because the store may have forgotten it.
///
/// A server that takes another's place, or its own after a crash, may lack the last changes, and have others under the
/// same versions by the time it is asked. So after each new connection the last of them are read again, and what is
/// known of them and is not there is put back; where the store is plainly another or behind, all of it is.
struct KeyReading {
    private enum Extent {
        /// What came after the last reading.
        case changes
        /// And the last changes before it.
        case recent
        case all
    }

    /// Changes before the last that are read again after a new connection.
    static let recentMax = 1_024

    /// Up to which change, of which store, the ledger is level.
    private(set) var version: Int64 = 0
    private var epoch: String?
    /// What is read so far, in place: a copy for each reply would copy what may be a million keys.
    private(set) var update: KeyUpdate?
    private var extent = Extent.changes
    /// Hashes of the lines that were read, where the extent is more than changes.
    private var seen: Set<Int> = []
    /// The last lines that were taken in, the newest last: at least `recentMax` where there were as many.
    private var recent: [[UInt8]] = []
    private var isNewConnection = false
    /// Until all of it has been: others may put back what would tell.
    private var mustReadAll = false

    /// Over this connection nothing more will come.
    mutating func giveUp() {
        update = nil
        isNewConnection = epoch != nil
    }

    /// What a store is called into which records are put back.
    var storeEpoch: String? { epoch }

    func isLevel(with meta: RedisKeys.Meta) -> Bool {
        meta.epoch == epoch && meta.version == version && !isNewConnection
    }

    /// - Returns: after which version to read.
    mutating func begin(_ meta: RedisKeys.Meta, of known: KnownKeys) -> Int64 {
        update = KeyUpdate(of: known)
        seen = []
        // Restarted empty, restored from a backup, or failed over to a replica that lagged.
        if epoch != nil, meta.epoch != epoch || meta.version < version { mustReadAll = true }
        extent = mustReadAll ? .all : isNewConnection ? .recent : .changes
        switch extent {
        case .changes: return version
        case .recent: return max(0, version - Int64(Self.recentMax))
        case .all: return 0
        }
    }

    mutating func take(_ line: [UInt8]) {
        update?.add(line.span)
        if extent != .changes { seen.insert(line.hashValue) }
        if recent.count == 2 * Self.recentMax { recent.removeFirst(Self.recentMax) }
        recent.append(line)
    }

    /// - Parameter known: with everything that was read.
    /// - Returns: lines of what is known and was not there.
    mutating func end(at version: Int64, _ meta: RedisKeys.Meta, _ known: KnownKeys) -> [[UInt8]] {
        self.version = max(version, meta.version)
        epoch = meta.epoch ?? epoch
        (update, isNewConnection) = (nil, false)
        defer { seen = [] }
        switch extent {
        case .changes: return []
        case .recent: return recent.suffix(Self.recentMax).filter { !seen.contains($0.hashValue) }
        case .all:
            mustReadAll = false
            var forgotten: [[UInt8]] = []
            known.forEachLine { line in
                let bytes = line.indices.map { line[$0] }
                if !seen.contains(bytes.hashValue) { forgotten.append(bytes) }
            }
            return forgotten
        }
    }
}
