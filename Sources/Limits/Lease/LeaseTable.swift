import Bytes
import Domain

/// All leases of one worker, found by bucket, with a bound: a bucket that finds no place is served exact.
///
/// For one thread. The leases lie densely, so that the sweep passes over those there are; an index beside them finds
/// one by linear probing from a seeded hash, at most half full.
public struct LeaseTable {
    /// Leases of one worker: about 300 bytes each.
    public static let capacity = 4_096
    private static let slots = 2 * capacity
    /// Leases that one sweep looks at.
    static let perSweep = 256
    /// A lease without tokens that nobody asked anything of for this long leaves: nanoseconds.
    static let forgetAfter: UInt64 = 2_000_000_000

    var leases: ContiguousArray<Lease> = []
    /// Place in `leases` plus one; 0: empty.
    private var index: ContiguousArray<UInt32>
    private let seed: UInt64
    private let capacity: Int
    private var chance: UInt64
    private var hand = 0

    /// The limits that the leases' own are indices into.
    public internal(set) var table = LimitTable.empty
    /// Buckets whose ask became due in this tick, and how many of those asks were handed out.
    var due: ContiguousArray<BucketKey> = []
    var handed = 0
    public var tallies = LeaseTallies()

    /// - Parameter seed: for the places of buckets, which nobody outside may foresee, and for jitter.
    public init(seed: UInt64, capacity: Int = LeaseTable.capacity) {
        self.seed = seed
        self.capacity = min(capacity, LeaseTable.capacity)
        chance = seed
        index = ContiguousArray(repeating: 0, count: LeaseTable.slots)
    }

    public var isEmpty: Bool { leases.isEmpty }
    public var count: Int { leases.count }
    /// Tokens held over all leases, those that expired unseen not counted.
    public func held(at now: UInt64) -> Int64 { leases.reduce(0) { $0 + $1.held(at: now) } }

    /// The lease of a bucket, or -1.
    func find(_ key: BucketKey) -> Int {
        var slot = home(of: key)
        while index[slot] != 0 {
            let place = Int(index[slot]) - 1
            if leases[place].key == key { return place }
            slot = (slot + 1) & (LeaseTable.slots - 1)
        }
        return -1
    }

    /// The lease of a charge's bucket, made if there is none; -1: there is no place for it.
    mutating func place(of charge: Charge) -> Int {
        let place = find(charge.key)
        if place >= 0 { return place }
        guard leases.count < capacity, let terms = table.limits[charge.limit].lease else {
            tallies.tableFull &+= 1
            return -1
        }
        leases.append(Lease(key: charge.key, limit: charge.limit, terms: terms))
        var slot = home(of: charge.key)
        while index[slot] != 0 { slot = (slot + 1) & (LeaseTable.slots - 1) }
        index[slot] = UInt32(leases.count)
        return leases.count - 1
    }

    /// Removes a lease; the last one takes its place.
    mutating func remove(_ place: Int) {
        vacate(slot(of: place))
        let last = leases.count - 1
        if place != last {
            index[slot(of: last)] = UInt32(place + 1)
            leases[place] = leases[last]
        }
        leases.removeLast()
    }

    /// The next of the sweep's leases, going round.
    mutating func nextPlace() -> Int {
        hand = hand + 1 < leases.count ? hand + 1 : 0
        return hand
    }

    /// SplitMix64.
    mutating func random() -> UInt64 {
        chance &+= 0x9e37_79b9_7f4a_7c15
        return LeaseTable.mix(chance)
    }

    private func slot(of place: Int) -> Int {
        var slot = home(of: leases[place].key)
        while index[slot] != UInt32(place + 1) { slot = (slot + 1) & (LeaseTable.slots - 1) }
        return slot
    }

    /// Empties a slot and moves those behind it up that would not be found past a gap.
    private mutating func vacate(_ emptied: Int) {
        var gap = emptied
        var slot = gap
        index[gap] = 0
        while true {
            slot = (slot + 1) & (LeaseTable.slots - 1)
            if index[slot] == 0 { return }
            let home = home(of: leases[Int(index[slot]) - 1].key)
            let distance = (slot &- home) & (LeaseTable.slots - 1)
            if distance >= (slot &- gap) & (LeaseTable.slots - 1) {
                index[gap] = index[slot]
                index[slot] = 0
                gap = slot
            }
        }
    }

    private func home(of key: BucketKey) -> Int {
        let word = LeaseTable.mix(key.owner.low ^ key.limit ^ seed)
        return Int(truncatingIfNeeded: word) & (LeaseTable.slots - 1)
    }

    private static func mix(_ word: UInt64) -> UInt64 {
        var word = word
        word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return word ^ (word >> 31)
    }
}
