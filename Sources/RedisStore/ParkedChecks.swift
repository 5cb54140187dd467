import Domain
import Limits

/// Checks that wait for an ask of their bucket to be answered (limits.md 20): a queue for each bucket, in one slab
/// with a bound.
struct ParkedChecks {
    /// Over all buckets, as many as may wait for a node.
    static let capacity = 4_096

    struct Entry {
        /// Nil: not in use.
        var spend: Spend?
        /// When the check came in, on the loop's clock: its deadline counts from there.
        var joined: UInt64
        /// The next of its bucket, or of those not in use; -1: none.
        var next: Int
    }

    private struct Queue {
        var first: Int
        var last: Int
        var count: Int
    }

    private var entries: ContiguousArray<Entry> = []
    private var free = -1
    private var queues: [BucketKey: Queue] = [:]
    private(set) var count = 0

    /// False: there is no room.
    mutating func append(_ spend: Spend, joined: UInt64, for key: BucketKey) -> Bool {
        guard let place = vacant() else { return false }
        entries[place] = Entry(spend: spend, joined: joined, next: -1)
        count += 1
        if var queue = queues[key] {
            entries[queue.last].next = place
            (queue.last, queue.count) = (place, queue.count + 1)
            queues[key] = queue
        } else {
            queues[key] = Queue(first: place, last: place, count: 1)
        }
        return true
    }

    func count(for key: BucketKey) -> Int { queues[key]?.count ?? 0 }

    mutating func removeFirst(for key: BucketKey) -> (spend: Spend, joined: UInt64)? {
        guard var queue = queues[key], let spend = entries[queue.first].spend else { return nil }
        let place = queue.first
        let entry = entries[place]
        (queue.first, queue.count) = (entry.next, queue.count - 1)
        queues[key] = queue.count == 0 ? nil : queue
        entries[place] = Entry(spend: nil, joined: 0, next: free)
        free = place
        count -= 1
        return (spend, entry.joined)
    }

    /// Takes out those that came in at `latest` or before, of all buckets. The others keep their places.
    mutating func removeJoined(until latest: UInt64) -> ContiguousArray<(spend: Spend, joined: UInt64)> {
        var expired: ContiguousArray<(spend: Spend, joined: UInt64)> = []
        for key in Array(queues.keys) {
            for _ in 0..<count(for: key) {
                guard let (spend, joined) = removeFirst(for: key) else { break }
                // There is room: its own place was vacated.
                if joined <= latest { expired.append((spend, joined)) } else { _ = append(spend, joined: joined, for: key) }
            }
        }
        return expired
    }

    /// When the one that waits longest came in; nil where nobody waits.
    var oldest: UInt64? { entries.lazy.filter { $0.spend != nil }.map(\.joined).min() }

    /// A bucket that somebody waits for; nil where nobody waits.
    var anyKey: BucketKey? { queues.first?.key }

    private mutating func vacant() -> Int? {
        if free >= 0 {
            defer { free = entries[free].next }
            return free
        }
        if entries.count == ParkedChecks.capacity { return nil }
        entries.append(Entry(spend: nil, joined: 0, next: -1))
        return entries.count - 1
    }
}
