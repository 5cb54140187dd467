import Limits

/// Checks that no call carries yet, oldest first: a ring, so that nothing moves, with a bound.
struct WaitingQueue {
    /// Four calls are in flight and 128 more could be waiting. At the 10 ms a check may wait, a queue any longer would
    /// only time out.
    static let capacity = 4_096

    struct Entry {
        var spend: Spend
        /// When the check was handed over, in monotonic nanoseconds.
        var joined: UInt64
        /// Where it goes in a cluster, and how it came there; see `ScriptCall`.
        var slot: UInt16 = 0
        var redirects: UInt8 = 0
        var isAsking = false
    }

    private var ring: ContiguousArray<Entry?>
    private var head = 0
    private(set) var count = 0
    /// Of all that wait together.
    private(set) var charges = 0

    /// - Parameter capacity: a power of two.
    init(capacity: Int = WaitingQueue.capacity) { ring = ContiguousArray(repeating: nil, count: capacity) }

    var isEmpty: Bool { count == 0 }
    var isFull: Bool { count == ring.count }
    var first: Entry? { ring[head] }

    /// Nearly always at the end. A check that waited for a lease, or for another slot's answer, comes late and goes
    /// before those that joined after it: the first is the one whose deadline is next.
    ///
    /// - Precondition: not full.
    mutating func insert(_ entry: Entry) {
        precondition(!isFull)
        var place = head + count
        while place > head, let joined = ring[(place - 1) & (ring.count - 1)]?.joined, joined > entry.joined {
            ring[place & (ring.count - 1)] = ring[(place - 1) & (ring.count - 1)]
            place -= 1
        }
        ring[place & (ring.count - 1)] = entry
        count += 1
        charges += entry.spend.charges.count
    }

    mutating func removeFirst() -> Entry? {
        guard let entry = ring[head] else { return nil }
        dropFirst()
        return entry
    }

    /// - Precondition: not empty.
    mutating func dropFirst() {
        precondition(!isEmpty)
        // Nobody touches a spend's charges while it waits.
        charges -= ring[head]?.spend.charges.count ?? 0
        ring[head] = nil
        head = (head + 1) & (ring.count - 1)
        count -= 1
        if count == 0 { charges = 0 }
    }
}
