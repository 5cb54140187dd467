import Bytes
import Domain
// For calloc: pages of the table that no bucket has reached are never touched, so that a bound of a million buckets
// costs an idle process nothing. Swift's own allocators do not promise zeroed memory.
import Glibc

/// A hash table of buckets with a fixed bound, whose every operation is a fixed amount of work.
///
/// Set-associative: a bucket's digest picks a set of 16 slots, one cache line, and it is in that set or nowhere. So
/// a lookup never chains, nothing is ever rehashed or moved, and there is no tombstone. The buckets themselves
/// lie densely in the order they came, so memory grows with the buckets in use.
///
/// A full bucket equals an absent one, so dropping it loses nothing; a hand passes over a few buckets at each
/// insertion and drops those. When there is no room all the same, the bucket soonest full among 16 goes: that forgets
/// what it had spent, and is counted.
struct BucketTable: ~Copyable {
    /// Slots of one set: 16 × 4 bytes.
    static let ways = 16
    /// Sets are dimensioned for half of their slots at the bound: some set overflows with a probability that keeps
    /// the buckets lost to it below one in a thousand, and at three quarters of the bound below one in 10,000.
    static let meanPerSet = 8
    /// Buckets that the hand looks at per insertion; when the table is at its bound, `ways` of them.
    static let sweepPerInsertion = 4
    /// A slot holds a bucket's number in 24 bits.
    static let capacityMax = 1 << 24 - 2

    /// What is kept of a bucket: `t f N P full` of a token bucket, `full` being when it was last full if settling needs
    /// to know, else 0.
    struct Value {
        var arrival: ArrivalTime
        var tokens: Int64
        var period: Int64
        var since: Int64 = 0
    }

    /// 56 bytes. `value.tokens == 0`: not in use, and `value.period` is the next such entry plus one.
    ///
    /// Of a calendar quota, `tokens` is `calendarMark`, `arrival` when the window ends on the table's clock and what is
    /// used in it, and `since` when the window began on the calendar's.
    struct Entry {
        var id: Digest128
        var value: Value
    }

    static let calendarMark: Int64 = -1

    let capacity: Int
    private(set) var count = 0
    /// Buckets dropped that were not full.
    private(set) var lossyEvictions: UInt64 = 0

    private let setMask: Int
    private let memory: UnsafeMutableRawPointer
    private let slots: UnsafeMutablePointer<UInt32>
    private let entries: UnsafeMutablePointer<Entry>
    private var used = 0
    private var free = 0
    private var hand = 0

    init(capacity: Int) {
        self.capacity = min(max(capacity, 1), BucketTable.capacityMax)
        var sets = 1
        while sets * BucketTable.meanPerSet < self.capacity { sets *= 2 }
        setMask = sets - 1
        let lineBytes = BucketTable.ways * MemoryLayout<UInt32>.stride
        // calloc aligns to 16; one line more lets every set begin at a line.
        guard let lines = calloc(sets + 1, lineBytes), let buckets = calloc(self.capacity, MemoryLayout<Entry>.stride)
        else { preconditionFailure("no memory for \(capacity) buckets") }
        memory = lines
        slots = lines.alignedUp(toMultipleOf: lineBytes).assumingMemoryBound(to: UInt32.self)
        entries = buckets.assumingMemoryBound(to: Entry.self)
    }

    deinit {
        Glibc.free(memory)
        Glibc.free(entries)
    }

    /// The entry that holds `id`, or -1.
    func find(_ id: Digest128) -> Int {
        let first = firstSlot(of: id)
        let tag = BucketTable.tag(of: id)
        for way in 0..<BucketTable.ways {
            let slot = slots[first + way]
            if slot & 0xFF00_0000 == tag, slot & 0x00FF_FFFF != 0 {
                let entry = Int(slot & 0x00FF_FFFF) - 1
                if entries[entry].id == id { return entry }
            }
        }
        return -1
    }

    /// Whether `entry`, found earlier, still holds `id`.
    func holds(_ id: Digest128, at entry: Int) -> Bool {
        entry >= 0 && entries[entry].value.tokens != 0 && entries[entry].id == id
    }

    subscript(entry: Int) -> Value { entries[entry].value }

    /// Replaces the bucket, or adds it, dropping another if it must.
    ///
    /// - Parameter known: where the bucket was when it was last looked for, or -1.
    mutating func put(_ value: Value, at id: Digest128, known: Int, now: Int64) {
        let place = holds(id, at: known) ? known : find(id)
        if place >= 0 {
            entries[place].value = value
            return
        }
        sweep(now: now)
        let slot = vacantSlot(of: id, now: now)
        let entry = vacantEntry(now: now)
        entries[entry] = Entry(id: id, value: value)
        slots[slot] = BucketTable.tag(of: id) | UInt32(entry + 1)
        count += 1
    }

    /// Forgets a bucket. False: there was none, or it was full.
    mutating func forget(_ id: Digest128, now: Int64) -> Bool {
        let entry = find(id)
        guard entry >= 0 else { return false }
        defer { remove(entry) }
        return !isFull(entry, now: now)
    }

    /// Drops the full ones among the next few buckets.
    private mutating func sweep(now: Int64) {
        for _ in 0..<min(BucketTable.sweepPerInsertion, used) {
            if entries[hand].value.tokens != 0, isFull(hand, now: now) { remove(hand) }
            advanceHand()
        }
    }

    /// A slot in the set of `id`: an empty one, or else that of a bucket which is dropped for it.
    private mutating func vacantSlot(of id: Digest128, now: Int64) -> Int {
        let first = firstSlot(of: id)
        var victim = first
        for slot in first..<(first + BucketTable.ways) {
            if slots[slot] == 0 { return slot }
            if entries[entry(in: slot)].value.arrival < entries[entry(in: victim)].value.arrival { victim = slot }
        }
        evict(entry(in: victim), now: now)
        return victim
    }

    /// An entry no bucket uses. At the bound, the hand looks at `ways` buckets and drops the soonest full.
    private mutating func vacantEntry(now: Int64) -> Int {
        if free == 0, used < capacity {
            used += 1
            return used - 1
        }
        if free == 0 {
            var victim = hand
            for _ in 0..<min(BucketTable.ways, used) {
                if entries[hand].value.arrival < entries[victim].value.arrival { victim = hand }
                advanceHand()
            }
            evict(victim, now: now)
        }
        let entry = free - 1
        free = Int(entries[entry].value.period)
        return entry
    }

    private mutating func evict(_ entry: Int, now: Int64) {
        if !isFull(entry, now: now) { lossyEvictions &+= 1 }
        remove(entry)
    }

    private mutating func remove(_ entry: Int) {
        let first = firstSlot(of: entries[entry].id)
        for slot in first..<(first + BucketTable.ways) where slots[slot] & 0x00FF_FFFF == UInt32(entry + 1) {
            slots[slot] = 0
        }
        entries[entry].value.tokens = 0
        entries[entry].value.period = Int64(free)
        free = entry + 1
        count -= 1
    }

    private mutating func advanceHand() {
        hand += 1
        if hand >= used { hand = 0 }
    }

    private func isFull(_ entry: Int, now: Int64) -> Bool {
        entries[entry].value.arrival <= ArrivalTime(micros: now, fraction: 0)
    }

    private func entry(in slot: Int) -> Int { Int(slots[slot] & 0x00FF_FFFF) - 1 }

    private func firstSlot(of id: Digest128) -> Int {
        (Int(truncatingIfNeeded: id.low) & setMask) * BucketTable.ways
    }

    private static func tag(of id: Digest128) -> UInt32 {
        UInt32(truncatingIfNeeded: id.high >> 32) & 0xFF00_0000
    }
}
