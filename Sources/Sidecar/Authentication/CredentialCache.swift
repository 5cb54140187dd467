import Bytes

/// What judged credentials came to, by digest: bounded, one per worker, never growing.
///
/// Sets of four slots. A digest belongs to one set, and in a full set the entry that was used longest ago makes room,
/// so whoever floods the cache with strangers pushes out strangers first. A slot holds no credential.
///
/// Slots lie in pages, each made when the first credential falls into it: a cache of a million takes no check's time
/// for all of them at once.
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
    /// A page is made in microseconds, and most workers never see a token.
    private static var pageSlots: Int { 1_024 }
    private var pages: ContiguousArray<ContiguousArray<Slot?>>
    private let capacity: Int
    private var clock: UInt64 = 0
    private(set) var count = 0

    /// - Parameter capacity: rounded up to a power of two; 0 remembers nothing.
    init(capacity: Int) {
        var rounded = capacity == 0 ? 0 : CredentialCache.ways
        while rounded < capacity { rounded *= 2 }
        self.capacity = rounded
        pages = ContiguousArray(
            repeating: [], count: (rounded + CredentialCache.pageSlots - 1) / CredentialCache.pageSlots)
    }

    mutating func find(_ digest: Digest256, at now: Int64) -> Value? {
        guard count > 0 else { return nil }
        let (page, start) = first(digest)
        guard !pages[page].isEmpty else { return nil }
        clock &+= 1
        for index in start..<start &+ CredentialCache.ways where pages[page][index]?.digest == digest {
            guard let until = pages[page][index]?.until, now < until else { return nil }
            pages[page][index]?.used = clock
            return pages[page][index]?.value
        }
        return nil
    }

    /// - Parameter until: seconds since 1970; an end that has passed is not remembered.
    mutating func remember(_ value: Value, as digest: Digest256, until: Int64, now: Int64) {
        guard capacity > 0, until > now else { return }
        clock &+= 1
        let (page, start) = first(digest)
        if pages[page].isEmpty {
            pages[page] = ContiguousArray(repeating: nil, count: min(capacity, CredentialCache.pageSlots))
        }
        let slot = room(for: digest, in: page, from: start, at: now)
        if pages[page][slot] == nil { count += 1 }
        pages[page][slot] = Slot(digest: digest, value: value, until: until, used: clock)
    }

    /// Its own slot if it has one, else a free or expired one, else the one used longest ago.
    private func room(for digest: Digest256, in page: Int, from start: Int, at now: Int64) -> Int {
        var oldest = start
        var free: Int?
        for index in start..<start + CredentialCache.ways {
            guard let slot = pages[page][index] else {
                free = free ?? index
                continue
            }
            if slot.digest == digest { return index }
            if slot.until <= now { free = free ?? index }
            if let candidate = pages[page][oldest], slot.used < candidate.used { oldest = index }
        }
        return free ?? oldest
    }

    /// A digest's page, and where in it its set begins.
    private func first(_ digest: Digest256) -> (page: Int, start: Int) {
        let slot = Int(truncatingIfNeeded: digest.words.3) & (capacity &- 1) & ~(CredentialCache.ways &- 1)
        return (slot / CredentialCache.pageSlots, slot % CredentialCache.pageSlots)
    }

    mutating func removeAll() {
        for page in pages.indices { pages[page] = [] }
        count = 0
    }

    /// Forgets what no longer holds. Walks the whole table, so it is for rare events.
    mutating func removeAll(where condition: (Value) -> Bool) {
        for page in pages.indices {
            for index in pages[page].indices {
                if let slot = pages[page][index], condition(slot.value) {
                    pages[page][index] = nil
                    count -= 1
                }
            }
        }
    }
}
