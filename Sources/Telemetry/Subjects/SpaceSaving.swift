/// The most frequent of any number of keys in bounded memory: the Space-Saving sketch of Metwally, Agrawal and
/// El Abbadi ("Efficient Computation of Frequent and Top-k Elements in Data Streams", ICDT 2005).
///
/// Of n recorded keys, every one that came more often than n / capacity is in it, and an entry's true count lies in
/// `count - error ... count`. It does not forget: `LimitedSubjects` does, by windows. A record walks the entries, which
/// are few and lie beside each other; the labels lie apart and are made only when a key comes in.
struct SpaceSaving<Key: Hashable & Sendable, Label: Sendable>: Sendable {
    struct Entry: Sendable {
        var key: Key
        var label: Label
        /// At most so often, and at least `count - error` times.
        var count: UInt64
        var error: UInt64
    }

    let capacity: Int
    private(set) var total: UInt64 = 0
    private var keys: ContiguousArray<Key> = []
    private var tallies: ContiguousArray<(count: UInt64, error: UInt64)> = []
    private var labels: ContiguousArray<Label> = []

    /// - Parameter capacity: how many keys it holds; at least 1.
    init(capacity: Int) {
        precondition(capacity > 0, "a sketch of nothing")
        self.capacity = capacity
    }

    var isEmpty: Bool { keys.isEmpty }

    mutating func record(_ key: Key, label: () -> Label) {
        total &+= 1
        for index in 0..<keys.count where keys[index] == key {
            tallies[index].count &+= 1
            return
        }
        guard keys.count == capacity else { return append(key, label(), count: 1, error: 0) }
        // The rarest gives way, and its count is what the newcomer may have been before.
        let rarest = self.rarest
        let floor = tallies[rarest].count
        keys[rarest] = key
        labels[rarest] = label()
        tallies[rarest] = (floor &+ 1, floor)
    }

    /// What another worker, or another time, has recorded. The bounds hold for both together (Cafaro, Pulimeno and
    /// Tempesta, "A parallel space saving algorithm", 2016): a key that one side lacks may have come there as often as
    /// the rarest that side has.
    mutating func merge(_ other: SpaceSaving) {
        let (floor, otherFloor) = (floor, other.floor)
        let elsewhere = Dictionary(uniqueKeysWithValues: other.keys.enumerated().map { ($1, $0) })
        var shared: Set<Key> = []
        for index in keys.indices {
            if let twin = elsewhere[keys[index]] {
                shared.insert(keys[index])
                tallies[index].count &+= other.tallies[twin].count
                tallies[index].error &+= other.tallies[twin].error
            } else {
                tallies[index].count &+= otherFloor
                tallies[index].error &+= otherFloor
            }
        }
        for (index, key) in other.keys.enumerated() where !shared.contains(key) {
            let tally = other.tallies[index]
            append(key, other.labels[index], count: tally.count &+ floor, error: tally.error &+ floor)
        }
        total &+= other.total
        cut()
    }

    /// The `number` most frequent, the most frequent first; of two that may be as frequent, the surer.
    func top(_ number: Int) -> [Entry] {
        let sorted = keys.indices.sorted {
            let (left, right) = (tallies[$0], tallies[$1])
            return left.count != right.count ? left.count > right.count : left.error < right.error
        }
        return sorted.prefix(number).map {
            Entry(key: keys[$0], label: labels[$0], count: tallies[$0].count, error: tallies[$0].error)
        }
    }

    /// How often a key that is not in it can have come.
    private var floor: UInt64 { keys.count < capacity ? 0 : tallies[rarest].count }

    /// Only where there is an entry.
    private var rarest: Int {
        var found = 0
        for index in 1..<max(1, tallies.count) where tallies[index].count < tallies[found].count { found = index }
        return found
    }

    /// Back to `capacity` entries, the most frequent.
    private mutating func cut() {
        guard keys.count > capacity else { return }
        let kept = top(capacity)
        (keys, tallies, labels) = ([], [], [])
        for entry in kept { append(entry.key, entry.label, count: entry.count, error: entry.error) }
    }

    private mutating func append(_ key: Key, _ label: Label, count: UInt64, error: UInt64) {
        keys.append(key)
        tallies.append((count, error))
        labels.append(label)
    }
}
