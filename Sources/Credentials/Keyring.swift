public import Bytes

/// The API keys Postern knows, by digest: the keys themselves are not in memory, and a look-up takes the same time
/// whatever the key, because it is the digest that is looked up.
///
/// Fixed after compilation; an open-addressed table at most half full. A slot holds the digest itself, so a look-up
/// touches one cache line, and nothing that a client sends can make the table slow.
public struct Keyring: Sendable {
    /// 32 bytes, so that a slot never lies across two cache lines. Of the digest it keeps 224 bits: to find a second
    /// key that shares them is as far out of reach as with all 256.
    private struct Slot: Sendable {
        var first: UInt64
        var second: UInt64
        var third: UInt64
        var fourth: UInt32
        /// Index of the key plus one; 0 for a free slot.
        var owner: UInt32

        init(_ digest: Digest256, owner: UInt32) {
            (first, second, third) = (digest.words.0, digest.words.1, digest.words.2)
            fourth = UInt32(truncatingIfNeeded: digest.words.3)
            self.owner = owner
        }

        func holds(_ digest: Digest256) -> Bool {
            let difference = (first ^ digest.words.0) | (second ^ digest.words.1) | (third ^ digest.words.2)
            return difference | UInt64(fourth ^ UInt32(truncatingIfNeeded: digest.words.3)) == 0
        }
    }

    private var slots: ContiguousArray<Slot>
    public private(set) var count = 0

    /// - Parameter digests: SHA-256 of each key; its position is what `find` returns.
    public init(digests: [Digest256]) {
        let free = Slot(Digest256(0, 0, 0, 0), owner: 0)
        var capacity = 8
        while capacity < digests.count * 2 { capacity *= 2 }
        slots = ContiguousArray(repeating: free, count: capacity)
        for (index, digest) in digests.enumerated() {
            var slot = position(of: digest)
            while slots[slot].owner != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = Slot(digest, owner: UInt32(index + 1))
            count += 1
        }
    }

    /// The position of the key with this digest, or nil.
    public func find(_ digest: Digest256) -> Int? {
        var slot = position(of: digest)
        while slots[slot].owner != 0 {
            if slots[slot].holds(digest) { return Int(slots[slot].owner) &- 1 }
            slot = (slot &+ 1) & (slots.count &- 1)
        }
        return nil
    }

    private func position(of digest: Digest256) -> Int {
        Int(truncatingIfNeeded: digest.words.3 >> 32) & (slots.count &- 1)
    }
}
