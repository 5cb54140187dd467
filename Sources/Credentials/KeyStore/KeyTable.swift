import Bytes

/// Stored keys by digest, with their records' lines in one piece of memory: immutable once it is built.
///
/// 64 bytes, 16 to 32 of two indexes, and the line for each key, and no object of its own: a million of them are let go
/// of at once, and copied at the speed of memory.
struct KeyTable: Sendable {
    struct Entry: Sendable {
        let digest: Digest256
        /// Seconds since 1970; `.max` for never.
        let expiresAt: Int64
        /// Tells this state of the record from every other that was ever known here.
        let serial: UInt64
        /// Where the record's line begins; more than 4 GiB may lie before it.
        let start: Int
        /// Of the record's id.
        let idHash: UInt32
        /// A line has at most `KeyRecord.bytesMax`.
        let count: UInt16
        let isRevoked: Bool

        var line: Range<Int> { start..<start + Int(count) }

        /// In place of a time: the record's latest state does not mention this digest. Its line need not be the latest.
        static let forgotten: Int64 = -1
        var isForgotten: Bool { expiresAt == Self.forgotten }
    }

    private(set) var entries: ContiguousArray<Entry> = []
    private(set) var text: ContiguousArray<UInt8> = []
    /// Index of the entry plus one; 0 for a free slot. At most half of it is used.
    private var slots: ContiguousArray<UInt32> = []
    /// The same by the hash of the id: an entry of each record's latest state. As large as `slots`.
    private var idSlots: ContiguousArray<UInt32> = []

    init() {}

    mutating func reserve(entries count: Int, text bytes: Int) {
        entries.reserveCapacity(count)
        text.reserveCapacity(bytes)
        var capacity = 8
        while capacity < count * 2 { capacity *= 2 }
        if capacity > slots.count { rehash(capacity) }
    }

    func find(_ digest: Digest256) -> Int? {
        guard !slots.isEmpty else { return nil }
        var slot = Self.position(of: digest) & (slots.count &- 1)
        while slots[slot] != 0 {
            let index = Int(slots[slot]) &- 1
            if entries[index].digest == digest { return index }
            slot = (slot &+ 1) & (slots.count &- 1)
        }
        return nil
    }

    /// The latest state of the record of this id.
    func record(id: String, hash: UInt32) -> KeyRecord? {
        guard !idSlots.isEmpty else { return nil }
        var slot = Int(hash) & (idSlots.count &- 1)
        while idSlots[slot] != 0 {
            let index = Int(idSlots[slot]) &- 1
            if entries[index].idHash == hash, let record = record(index), record.id == id { return record }
            slot = (slot &+ 1) & (idSlots.count &- 1)
        }
        return nil
    }

    /// An entry's record, read anew.
    func record(_ index: Int) -> KeyRecord? { KeyRecord(json: text.span.extracting(entries[index].line)) }

    static func hash(ofID id: String) -> UInt32 { UInt32(truncatingIfNeeded: id.hashValue) }

    /// Adds an entry for each digest of a record; one that is there already is replaced.
    ///
    /// - Parameter forgotten: digests of the state before that this one does not mention.
    mutating func put(
        _ record: KeyRecord, line: borrowing Span<UInt8>, serial: UInt64, hash: UInt32, forgotten: [Digest256]
    ) {
        let start = text.count
        for index in line.indices { text.append(line[index]) }
        let ends = record.expiresAt ?? .max
        func entry(_ digest: Digest256, _ expiresAt: Int64) -> Entry {
            Entry(
                digest: digest, expiresAt: expiresAt, serial: serial, start: start, idHash: hash,
                count: UInt16(line.count), isRevoked: record.revokedAt != nil)
        }
        for version in record.versions { put(entry(version.digest, min(version.expiresAt ?? .max, ends))) }
        for digest in forgotten { put(entry(digest, Entry.forgotten)) }
        if let index = find(record.versions[0].digest) { point(record.id, to: index) }
    }

    /// Adds another table's entry; the line of an entry that shares the one before it is copied once.
    mutating func put(_ entry: Entry, from other: KeyTable, _ last: inout (from: Int, to: Int)) {
        let isNewLine = last.from != entry.start
        if isNewLine {
            last = (entry.start, text.count)
            text.append(contentsOf: other.text[entry.line])
        }
        put(
            Entry(
                digest: entry.digest, expiresAt: entry.expiresAt, serial: entry.serial, start: last.to,
                idHash: entry.idHash, count: entry.count, isRevoked: entry.isRevoked))
        // But for what it forgot, all entries of a record have its latest line: any of them will do.
        if isNewLine { Self.occupy(&idSlots, Int(entry.idHash), entries.count) }
    }

    private mutating func put(_ entry: Entry) {
        if let index = find(entry.digest) {
            entries[index] = entry
            return
        }
        if (entries.count + 1) * 2 > slots.count { rehash(max(8, slots.count * 2)) }
        entries.append(entry)
        Self.occupy(&slots, Self.position(of: entry.digest), entries.count)
    }

    /// The record of this id is found by this entry from now on.
    private mutating func point(_ id: String, to index: Int) {
        let (hash, start) = (entries[index].idHash, entries[index].start)
        var slot = Int(hash) & (idSlots.count &- 1)
        while idSlots[slot] != 0 {
            let other = Int(idSlots[slot]) &- 1
            if entries[other].idHash == hash, entries[other].start == start || record(other)?.id == id { break }
            slot = (slot &+ 1) & (idSlots.count &- 1)
        }
        idSlots[slot] = UInt32(index + 1)
    }

    private mutating func rehash(_ capacity: Int) {
        slots = ContiguousArray(repeating: 0, count: capacity)
        for index in entries.indices {
            Self.occupy(&slots, Self.position(of: entries[index].digest), index + 1)
        }
        let owners = idSlots
        idSlots = ContiguousArray(repeating: 0, count: capacity)
        for owner in owners where owner != 0 {
            Self.occupy(&idSlots, Int(entries[Int(owner) - 1].idHash), Int(owner))
        }
    }

    private static func occupy(_ slots: inout ContiguousArray<UInt32>, _ position: Int, _ owner: Int) {
        var slot = position & (slots.count &- 1)
        while slots[slot] != 0 { slot = (slot &+ 1) & (slots.count &- 1) }
        slots[slot] = UInt32(owner)
    }

    private static func position(of digest: Digest256) -> Int { Int(truncatingIfNeeded: digest.words.3 >> 32) }
}
