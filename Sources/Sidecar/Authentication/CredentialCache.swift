import Bytes

/// What judged credentials came to, by digest: bounded, one per worker, never growing.
///
/// Sets of four slots. A digest belongs to one set, and in a full set the entry that was used longest ago makes room,
/// so whoever floods the cache with strangers pushes out strangers first. A slot holds no credential.
struct CredentialCache<Value> {
    private struct Slot {
        var digest: Digest256
        var value: Value
        /// Seconds since 1970 from which on the entry is none.
        var until: Int64
        /// When it was last found, on the cache's own clock of look-ups.
        var used: UInt64
    }

    private static var ways: Int { 4 }
    private var slots: ContiguousArray<Slot?> = []
    private let capacity: Int
    private var clock: UInt64 = 0
    private(set) var count = 0

    /// - Parameter capacity: rounded up to a power of two; 0 remembers nothing.
    init(capacity: Int) {
        var rounded = capacity == 0 ? 0 : CredentialCache.ways
        while rounded < capacity { rounded *= 2 }
        self.capacity = rounded
    }

    mutating func find(_ digest: Digest256, at now: Int64) -> Value? {
        guard !slots.isEmpty else { return nil }
        clock &+= 1
        let start = first(digest)
        for index in start..<start &+ CredentialCache.ways where slots[index]?.digest == digest {
            guard let until = slots[index]?.until, now < until else { return nil }
            slots[index]?.used = clock
            return slots[index]?.value
        }
        return nil
    }

    /// - Parameter until: seconds since 1970; an end that has passed is not remembered.
    mutating func remember(_ value: Value, as digest: Digest256, until: Int64, now: Int64) {
        guard capacity > 0, until > now else { return }
        // Not before there is anything to remember: most workers never see a token.
        if slots.isEmpty { slots = ContiguousArray(repeating: nil, count: capacity) }
        clock &+= 1
        let slot = room(for: digest, at: now)
        if slots[slot] == nil { count += 1 }
        slots[slot] = Slot(digest: digest, value: value, until: until, used: clock)
    }

    /// Its own slot if it has one, else a free or expired one, else the one used longest ago.
    private func room(for digest: Digest256, at now: Int64) -> Int {
        let start = first(digest)
        var oldest = start
        var free: Int?
        for index in start..<start + CredentialCache.ways {
            guard let slot = slots[index] else {
                free = free ?? index
                continue
            }
            if slot.digest == digest { return index }
            if slot.until <= now { free = free ?? index }
            if let candidate = slots[oldest], slot.used < candidate.used { oldest = index }
        }
        return free ?? oldest
    }

    private func first(_ digest: Digest256) -> Int {
        Int(truncatingIfNeeded: digest.words.3) & (capacity - 1) & ~(CredentialCache.ways - 1)
    }

    mutating func removeAll() {
        slots = []
        count = 0
    }

    /// Forgets what no longer holds. Walks the whole table, so it is for rare events.
    mutating func removeAll(where condition: (Value) -> Bool) {
        for index in slots.indices {
            if let slot = slots[index], condition(slot.value) {
                slots[index] = nil
                count -= 1
            }
        }
    }
}
