public import Bytes
public import Domain

/// All keys of a store as a process knows them: immutable, shared by workers, swapped whole when something changes.
///
/// A change costs a copy of the changes since the last merge, never of a million keys: those lie in a base that many
/// states share. The merge is for whoever builds the states, on a thread that answers nobody.
public final class KnownKeys: Sendable {
    fileprivate let base: KeyTable
    /// What has changed since `base` was built; looked at first.
    fileprivate let changes: KeyTable
    fileprivate let serial: UInt64
    /// Lines that were no records.
    public let unreadable: Int

    /// Entries that changes may come to before they are merged, where the base is small.
    static let changesMin = 1_024
    /// And the base's size divided by this, where it is large.
    static let changesShare = 64

    public convenience init() { self.init(base: KeyTable(), changes: KeyTable(), serial: 0, unreadable: 0) }

    fileprivate init(base: KeyTable, changes: KeyTable, serial: UInt64, unreadable: Int) {
        self.base = base
        self.changes = changes
        self.serial = serial
        self.unreadable = unreadable
    }

    /// Nothing, for a store that is read anew: later states are told from those of before.
    public var emptied: KnownKeys {
        KnownKeys(base: KeyTable(), changes: KeyTable(), serial: serial, unreadable: 0)
    }

    /// What is known of a digest.
    public struct Found: Sendable {
        fileprivate let index: Int
        fileprivate let isChange: Bool
        /// Tells this state of the record from every other.
        public let serial: UInt64
        fileprivate let expiresAt: Int64
        fileprivate let isRevoked: Bool

        /// Why the key is no longer good, or nil.
        public func refusal(at now: Int64) -> DenyReason? {
            if isRevoked { return .revokedKey }
            return now >= expiresAt ? .expiredKey : nil
        }
    }

    public func find(_ digest: Digest256) -> Found? {
        if let index = changes.find(digest) { return found(changes.entries[index], index, isChange: true) }
        if let index = base.find(digest) { return found(base.entries[index], index, isChange: false) }
        return nil
    }

    private func found(_ entry: KeyTable.Entry, _ index: Int, isChange: Bool) -> Found {
        Found(
            index: index, isChange: isChange, serial: entry.serial, expiresAt: entry.expiresAt,
            isRevoked: entry.isRevoked)
    }

    /// The record that was found by these keys, read anew.
    public func record(_ found: Found) -> KeyRecord? {
        (found.isChange ? changes : base).record(found.index)
    }

    /// The same in one table, once there are many changes; nil while they are few. A million keys take half a second.
    public var merged: KnownKeys? {
        let room = max(KnownKeys.changesMin, base.entries.count / KnownKeys.changesShare)
        if changes.entries.count <= room { return nil }
        var merged = KeyTable()
        merged.reserve(
            entries: base.entries.count + changes.entries.count, text: base.text.count + changes.text.count)
        var last = (from: -1, to: 0)
        for entry in base.entries where changes.find(entry.digest) == nil { merged.put(entry, from: base, &last) }
        last = (-1, 0)
        for entry in changes.entries where !entry.isForgotten { merged.put(entry, from: changes, &last) }
        return KnownKeys(base: merged, changes: KeyTable(), serial: serial, unreadable: unreadable)
    }

    /// Digests that are known, good or not.
    public var count: Int {
        base.entries.count + changes.entries.count { base.find($0.digest) == nil }
    }

    /// Calls `body` with every record's line, once each. For a store that forgot.
    public func forEachLine(_ body: (borrowing Span<UInt8>) -> Void) {
        for (table, isBase) in [(changes, false), (base, true)] {
            var last = -1
            for entry in table.entries where entry.start != last && !entry.isForgotten {
                if isBase, changes.find(entry.digest) != nil { continue }
                last = entry.start
                body(table.text.span.extracting(entry.line))
            }
        }
    }
}

/// Newer lines on their way into the keys that are known. Adding is in place.
public struct KeyUpdate {
    private let known: KnownKeys
    private var changes: KeyTable
    private var serial: UInt64
    private var unreadable: Int
    /// How many lines changed anything so far.
    public private(set) var changed = 0

    public init(of known: KnownKeys) {
        self.known = known
        changes = known.changes
        serial = known.serial
        unreadable = known.unreadable
    }

    /// A state that is older than the one known here, as a store restored from a backup has them, changes nothing: a
    /// revoked key stays revoked.
    public mutating func add(_ line: borrowing Span<UInt8>) {
        guard let record = KeyRecord(json: line) else {
            unreadable += 1
            return
        }
        let hash = KeyTable.hash(ofID: record.id)
        let state = knownState(of: record, hash)
        if let state, !record.isLater(than: state) { return }
        serial += 1
        changed += 1
        // Whoever was not told of every rotation still has texts that this state does not even mention.
        var forgotten: [Digest256] = []
        if let state, state.id == record.id {
            forgotten = state.versions.map(\.digest).filter { digest in
                !record.versions.contains { $0.digest == digest }
            }
        }
        changes.put(record, line: line, serial: serial, hash: hash, forgotten: forgotten)
    }

    /// With all that was added, to be shown to workers at once; merging can wait.
    public func finish() -> KnownKeys {
        if changed == 0, unreadable == known.unreadable { return known }
        return KnownKeys(base: known.base, changes: changes, serial: serial, unreadable: unreadable)
    }

    /// The state known so far, by its id; of a key that came under another id before, by any of its digests.
    private func knownState(of record: KeyRecord, _ hash: UInt32) -> KeyRecord? {
        if let state = changes.record(id: record.id, hash: hash) { return state }
        if let state = known.base.record(id: record.id, hash: hash) { return state }
        for version in record.versions {
            if let index = changes.find(version.digest) { return changes.record(index) }
            if let index = known.base.find(version.digest) { return known.base.record(index) }
        }
        return nil
    }
}
