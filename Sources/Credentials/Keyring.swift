public import Bytes

/// The API keys Postern knows, by digest: the keys themselves are not in memory, and a look-up takes the same time
/// whatever the key, because it is the digest that is looked up.
///
/// Fixed after compilation; an open-addressed table at most half full. A slot holds the whole digest, so a look-up
/// touches one cache line, and nothing that a client sends can make the table slow.
public struct Keyring: Sendable {
    private struct Slot: Sendable {
        var digest: Digest256
        /// Index of the key plus one; 0 for a free slot.
        var owner: UInt32
    }

    private var slots: ContiguousArray<Slot>
    public private(set) var count = 0

    /// - Parameter digests: SHA-256 of each key; its position is what `find` returns.
    public init(digests: [Digest256]) {
        let free = Slot(digest: Digest256(0, 0, 0, 0), owner: 0)
        var capacity = 8
        while capacity < digests.count * 2 { capacity *= 2 }
        slots = ContiguousArray(repeating: free, count: capacity)
        for (index, digest) in digests.enumerated() {
            var slot = position(of: digest)
            while slots[slot].owner != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = Slot(digest: digest, owner: UInt32(index + 1))
            count += 1
        }
    }

    /// The position of the key with this digest, or nil.
    public func find(_ digest: Digest256) -> Int? {
        var slot = position(of: digest)
        while slots[slot].owner != 0 {
            if slots[slot].digest == digest { return Int(slots[slot].owner) &- 1 }
            slot = (slot &+ 1) & (slots.count &- 1)
        }
        return nil
    }

    private func position(of digest: Digest256) -> Int {
        Int(truncatingIfNeeded: digest.words.3) & (slots.count &- 1)
    }
}
