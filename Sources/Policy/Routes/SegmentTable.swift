/// The literal edges of the route trie: (node, segment) → child, in one open-addressed table.
///
/// Fixed after compilation, and at most half full, so a look-up costs one hash of the segment and about one compare
/// whatever the number of routes. What an attacker sends is only ever looked up, so it cannot make the table slow.
struct SegmentTable: Sendable {
    private struct Entry: Sendable {
        var node: UInt32
        var child: UInt32
        var textStart: UInt32
        var textCount: UInt32
        var hash: UInt32
    }

    private var slots: ContiguousArray<Int32> = ContiguousArray(repeating: -1, count: 16)
    private var entries: ContiguousArray<Entry> = []
    private var text: ContiguousArray<UInt8> = []

    func child(of node: UInt32, _ segment: borrowing Span<UInt8>) -> UInt32? {
        let hash = SegmentTable.hash(node, segment)
        var slot = Int(hash) & (slots.count &- 1)
        while slots[slot] >= 0 {
            let entry = entries[Int(slots[slot])]
            if entry.hash == hash, entry.node == node, equals(entry, segment) { return entry.child }
            slot = (slot &+ 1) & (slots.count &- 1)
        }
        return nil
    }

    /// Adds an edge that is not there yet.
    mutating func insert(_ node: UInt32, _ segment: [UInt8], child: UInt32) {
        let hash = SegmentTable.hash(node, segment.span)
        entries.append(
            Entry(
                node: node, child: child, textStart: UInt32(text.count), textCount: UInt32(segment.count), hash: hash))
        text.append(contentsOf: segment)
        if entries.count * 2 > slots.count {
            rebuild()
        } else {
            place(entries.count - 1)
        }
    }

    private mutating func rebuild() {
        slots = ContiguousArray(repeating: -1, count: slots.count * 2)
        for index in entries.indices { place(index) }
    }

    private mutating func place(_ index: Int) {
        var slot = Int(entries[index].hash) & (slots.count - 1)
        while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = Int32(index)
    }

    private func equals(_ entry: Entry, _ segment: borrowing Span<UInt8>) -> Bool {
        guard Int(entry.textCount) == segment.count else { return false }
        let start = Int(entry.textStart)
        for index in 0..<segment.count where text[start &+ index] != segment[index] { return false }
        return true
    }

    /// FNV-1a over the node and the segment, mixed once more because its low bits are weak.
    private static func hash(_ node: UInt32, _ segment: borrowing Span<UInt8>) -> UInt32 {
        var hash = 0xCBF2_9CE4_8422_2325 ^ UInt64(node) &* 0x9E37_79B9_7F4A_7C15
        for index in 0..<segment.count { hash = (hash ^ UInt64(segment[index])) &* 0x100_0000_01B3 }
        hash ^= hash >> 29
        return UInt32(truncatingIfNeeded: hash ^ hash >> 32)
    }
}
