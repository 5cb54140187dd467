import Bytes
import Domain

/// Buckets in this process's memory: the store without Redis, the local share when Redis is away, and the model that
/// `spend.lua` must equal step for step.
///
/// For one thread. Its clock is the monotonic one it is handed, so nothing steps it.
public final class MemoryStore: LimitStore {
    /// One charge's bucket while a check is decided.
    private struct Working {
        var id = Digest128(high: 0, low: 0)
        /// Where the bucket is in the table, or -1.
        var entry = -1
        /// The first charge of this check with the same bucket: the one whose `arrival` counts.
        var owner = 0
        var arrival = ArrivalTime(micros: 0, fraction: 0)
        /// The owner's `arrival` before this charge, to undo it.
        var before = ArrivalTime(micros: 0, fraction: 0)
        var isTaken = false
        var isChanged = false
    }

    var table: BucketTable
    private var working = ContiguousArray(repeating: Working(), count: Spend.chargesMax)
    private let seed: UInt64

    /// - Parameters:
    ///   - capacity: the most buckets kept, at most 2^24 − 2. About 56 bytes each, taken as buckets come.
    ///   - seed: mixed into the place of each bucket, so that nobody can choose names that crowd one set.
    public init(capacity: Int, seed: UInt64 = 0) {
        table = BucketTable(capacity: capacity)
        self.seed = seed
    }

    /// Buckets held, the full ones that were not swept yet included.
    public var count: Int { table.count }
    /// Buckets forgotten, with what they had spent, because the bound was reached.
    public var lossyEvictions: UInt64 { table.lossyEvictions }

    public func perform(
        _ operation: StoreOperation, under table: LimitTable, at now: UInt64,
        completion: @escaping (StoreAnswer) -> Void
    ) {
        completion(.unavailable)
    }

    public func spend(_ spend: Spend, at now: UInt64) -> Bool {
        decide(spend, now: Int64(now / 1_000))
        return true
    }

    /// Decides at `now`, in microseconds of the caller's clock: what a test of the model injects.
    public func decide(_ spend: Spend, now: Int64) {
        spend.begin()
        spend.source = .memory
        spend.now = now
        let charges = spend.charges.count
        for index in 0..<charges { load(index, of: spend, now: now) }
        var admitted = true
        for index in 0..<charges where !take(index, of: spend, now: now) { admitted = false }
        if !admitted { for index in (0..<charges).reversed() { undo(index) } }
        for index in 0..<charges {
            spend.readings[index].arrival = working[working[index].owner].arrival
            if admitted { write(index, of: spend, now: now) }
        }
        spend.outcome = admitted ? .admitted : .refused
    }

    /// Phase 1: reads the bucket of one charge, unless an earlier charge has.
    private func load(_ index: Int, of spend: Spend, now: Int64) {
        let charge = spend.charges[index]
        let id = place(of: charge.key)
        var item = Working()
        item.id = id
        item.owner = index
        for earlier in 0..<index where working[earlier].id == id {
            item.owner = working[earlier].owner
            break
        }
        item.arrival = ArrivalTime(micros: now, fraction: 0)
        if item.owner == index {
            item.entry = table.find(id)
            if item.entry >= 0 {
                let stored = table[item.entry]
                item.arrival = GCRA.load(
                    stored.arrival, storedTokens: stored.tokens, storedPeriod: stored.period,
                    quota: spend.table.quotas[charge.limit], now: now)
            }
        }
        working[index] = item
    }

    /// Takes one charge's tokens if they are there. False: it is enforced and they are not.
    private func take(_ index: Int, of spend: Spend, now: Int64) -> Bool {
        let charge = spend.charges[index]
        let quota = spend.table.quotas[charge.limit]
        let owner = working[index].owner
        let before = working[owner].arrival
        let after = GCRA.spend(charge.cost, from: before, quota: quota)
        let fits = GCRA.fits(after, quota: quota, now: now)
        if fits {
            working[index].before = before
            working[index].isTaken = true
            working[owner].arrival = after
            // Asking for nothing changes nothing, not even the terms a bucket was written under.
            if charge.cost > 0 { working[owner].isChanged = true }
        }
        spend.readings.append(BucketReading(arrival: after, fits: fits, isReadable: true))
        return fits || !spend.table.enforced[charge.limit]
    }

    private func undo(_ index: Int) {
        if working[index].isTaken { working[working[index].owner].arrival = working[index].before }
    }

    /// Phase 2. An insertion may drop another bucket, even of this check, so places are looked at again.
    private func write(_ index: Int, of spend: Spend, now: Int64) {
        let item = working[index]
        guard item.isChanged else { return }
        let quota = spend.table.quotas[spend.charges[index].limit].quota
        let entry = table.holds(item.id, at: item.entry) ? item.entry : table.find(item.id)
        if entry >= 0 {
            table.update(entry, arrival: item.arrival, tokens: quota.tokens, period: quota.period)
        } else {
            table.insert(item.id, arrival: item.arrival, tokens: quota.tokens, period: quota.period, now: now)
        }
    }

    /// Owner and limit folded into one 128-bit name. Owners are cut from SHA-256, so two pairs meet no more often
    /// than two digests do.
    func place(of key: BucketKey) -> Digest128 {
        let limit = MemoryStore.mix(key.limit ^ seed)
        return Digest128(high: key.owner.high ^ limit, low: MemoryStore.mix(key.owner.low ^ limit))
    }

    /// The finalizer of SplitMix64: every bit of the result depends on every bit of the word.
    private static func mix(_ word: UInt64) -> UInt64 {
        var word = word
        word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return word ^ (word >> 31)
    }
}
