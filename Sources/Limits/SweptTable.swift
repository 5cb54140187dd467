/// What means nothing any more from some moment on.
protocol Expiring {
    func isExpired(at now: Int64) -> Bool
}

/// A dictionary with a bound, whose expired values make room: beyond half of the bound, a hand looks at a few of them
/// at each insertion, which is more than come in. What lives is never dropped; without room, insertions are refused.
struct SweptTable<Key: Hashable, Value: Expiring> {
    /// Values that the hand looks at per insertion.
    static var sweepPerInsertion: Int { 4 }

    let capacity: Int
    private var places: [Key: Int] = [:]
    private var entries: ContiguousArray<(key: Key, value: Value)?> = []
    private var free: ContiguousArray<Int> = []
    private var hand = 0

    init(capacity: Int) { self.capacity = capacity }

    var count: Int { places.count }

    subscript(key: Key) -> Value? {
        guard let place = places[key] else { return nil }
        return entries[place]?.value
    }

    /// Whether a value of `key` can be put. A check may put several: room for `spare` of them.
    mutating func hasRoom(for key: Key, spare: Int, now: Int64) -> Bool {
        if count + spare <= capacity || places[key] != nil { return true }
        sweep(now: now)
        return count + spare <= capacity
    }

    /// False: there is no room.
    mutating func put(_ value: Value, at key: Key, now: Int64) -> Bool {
        if let place = places[key] {
            entries[place] = (key, value)
            return true
        }
        if count * 2 >= capacity { sweep(now: now) }
        if count >= capacity { return false }
        if entries.isEmpty { reserve() }
        let place = free.popLast() ?? entries.count
        if place == entries.count { entries.append((key, value)) } else { entries[place] = (key, value) }
        places[key] = place
        return true
    }

    /// All the room there may ever be, at the first insertion: growing later would copy and rehash everything during
    /// one check. Memory that is never written is never resident.
    private mutating func reserve() {
        places.reserveCapacity(capacity)
        entries.reserveCapacity(capacity)
        free.reserveCapacity(capacity)
    }

    /// Changes a value where it lies. Nil: there is none.
    mutating func change<Result>(_ key: Key, _ body: (inout Value) -> Result) -> Result? {
        guard let place = places[key], var (_, value) = entries[place] else { return nil }
        entries[place] = nil
        defer { entries[place] = (key, value) }
        return body(&value)
    }

    mutating func remove(_ key: Key) -> Value? {
        guard let place = places.removeValue(forKey: key) else { return nil }
        defer {
            entries[place] = nil
            free.append(place)
        }
        return entries[place]?.value
    }

    private mutating func sweep(now: Int64) {
        for _ in 0..<min(Self.sweepPerInsertion, entries.count) {
            if let entry = entries[hand], entry.value.isExpired(at: now) { _ = remove(entry.key) }
            hand += 1
            if hand == entries.count { hand = 0 }
        }
    }
}
