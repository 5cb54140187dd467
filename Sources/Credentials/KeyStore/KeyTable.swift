import Bytes

/// Stored keys by digest, with their records' lines in one piece of memory: immutable once it is built.
///
/// 64 bytes and the line for each key, and no object of its own: a million of them are let go of at once, and copied at
/// the speed of memory.
struct KeyTable: Sendable {
    struct Entry: Sendable {
        let digest: Digest256
        /// Seconds since 1970; `.max` for never.
        let expiresAt: Int64
        /// Tells this state of the record from every other that was ever known here.
        let serial: UInt64
        /// Where the record's line begins; more than 4 GiB may lie before it.
        let start: Int
        let count: UInt32
        let isRevoked: Bool

        var line: Range<Int> { start..<start + Int(count) }
    }

    private(set) var entries: ContiguousArray<Entry> = []
    private(set) var text: ContiguousArray<UInt8> = []
    /// Index of the entry plus one; 0 for a free slot. At most half of it is used.
    private var slots: ContiguousArray<UInt32> = []

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
        var slot = position(of: digest)
        while slots[slot] != 0 {
            let index = Int(slots[slot]) &- 1
            if entries[index].digest == digest { return index }
            slot = (slot &+ 1) & (slots.count &- 1)
        }
        return nil
    }

    /// Adds an entry for each digest of a record; one that is there already is replaced.
    mutating func put(_ record: KeyRecord, line: borrowing Span<UInt8>, serial: UInt64) {
        let start = text.count
        for index in line.indices { text.append(line[index]) }
        for version in record.versions {
            put(
                Entry(
                    digest: version.digest, expiresAt: min(version.expiresAt ?? .max, record.expiresAt ?? .max),
                    serial: serial, start: start, count: UInt32(line.count), isRevoked: record.revokedAt != nil))
        }
    }

    /// Adds another table's entry; the line of an entry that shares the one before it is copied once.
    mutating func put(_ entry: Entry, from other: KeyTable, _ last: inout (from: Int, to: Int)) {
        if last.from != entry.start {
            last = (entry.start, text.count)
            text.append(contentsOf: other.text[entry.line])
        }
        put(
            Entry(
                digest: entry.digest, expiresAt: entry.expiresAt, serial: entry.serial, start: last.to,
                count: entry.count, isRevoked: entry.isRevoked))
    }

    private mutating func put(_ entry: Entry) {
        if let index = find(entry.digest) {
            entries[index] = entry
            return
        }
        if (entries.count + 1) * 2 > slots.count { rehash(max(8, slots.count * 2)) }
        entries.append(entry)
        occupy(entry.digest, entries.count)
    }

    private mutating func rehash(_ capacity: Int) {
        slots = ContiguousArray(repeating: 0, count: capacity)
        for index in entries.indices { occupy(entries[index].digest, index + 1) }
    }

    private mutating func occupy(_ digest: Digest256, _ owner: Int) {
        var slot = position(of: digest)
        while slots[slot] != 0 { slot = (slot &+ 1) & (slots.count &- 1) }
        slots[slot] = UInt32(owner)
    }

    private func position(of digest: Digest256) -> Int {
        Int(truncatingIfNeeded: digest.words.3 >> 32) & (slots.count &- 1)
    }
}
