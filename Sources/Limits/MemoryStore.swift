import Bytes
import Domain

/// Buckets in this process's memory: the store without Redis, the local share when Redis is away, and the model that
/// the scripts must equal step for step.
///
/// For one thread. Its clock is the monotonic one it is handed, so nothing steps it; the calendar's is
/// `wallOffsetMicros` ahead of that.
public final class MemoryStore: LimitStore {
    /// One charge's bucket while a check is decided.
    struct Working {
        var id = Digest128(high: 0, low: 0)
        var kind = BucketKind.tokens
        /// Where the bucket is in the table, or -1.
        var entry = -1
        /// The first charge of this check with the same bucket: the one whose `state` counts.
        var owner = 0
        /// As in a `BucketReading`: an arrival time, or what is used and when that changes.
        var state = ArrivalTime(micros: 0, fraction: 0)
        /// When a settled bucket was last full, or when a calendar's window began.
        var since: Int64 = 0
        /// The owner's `state` before this charge, to undo it.
        var before = ArrivalTime(micros: 0, fraction: 0)
        var isTaken = false
        var isChanged = false
        /// This check has its slot.
        var hasSlot = false
    }

    var table: BucketTable
    var working = ContiguousArray(repeating: Working(), count: Spend.chargesMax)
    /// Slots and reservations, which plain token buckets do without.
    var slots: SweptTable<Digest128, SlotSet>
    var reservations: SweptTable<ReservationKey, Reservation>
    private let seed: UInt64
    /// Where each calendar limit of `cursorTable` is in its calendar.
    private var cursors: ContiguousArray<CalendarCursor?> = []
    private var cursorTable = LimitTable.empty

    /// What the calendar's clock is ahead of this store's, in microseconds: set it where that is not since 1970.
    public var wallOffsetMicros: Int64 = 0

    /// - Parameters:
    ///   - capacity: the most buckets kept, at most 2^24 − 2. About 64 bytes each, taken as buckets come.
    ///   - seed: mixed into the place of each bucket, so that nobody can choose names that crowd one set.
    public init(capacity: Int, seed: UInt64 = 0) {
        table = BucketTable(capacity: capacity)
        slots = SweptTable(capacity: capacity)
        reservations = SweptTable(capacity: capacity)
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
        completion(perform(operation, under: table, now: Int64(now / 1_000)))
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
            let item = working[working[index].owner]
            spend.readings[index].arrival = item.kind == .calendar ? onOwnClock(item.state) : item.state
        }
        if admitted { for index in 0..<charges { write(index, of: spend, now: now) } }
        spend.outcome = admitted ? .admitted : .refused
    }

    /// Phase 1: reads the bucket of one charge, unless an earlier charge has.
    private func load(_ index: Int, of spend: Spend, now: Int64) {
        let charge = spend.charges[index]
        var item = Working()
        item.id = place(of: charge.key)
        item.owner = index
        item.kind = spend.table.kinds[charge.limit]
        for earlier in 0..<index where working[earlier].id == item.id {
            item.owner = working[earlier].owner
            break
        }
        if item.owner == index { read(&item, limit: charge.limit, under: spend.table, now: now) }
        working[index] = item
    }

    /// Takes one charge's tokens if they are there. False: it is enforced and they are not.
    private func take(_ index: Int, of spend: Spend, now: Int64) -> Bool {
        let charge = spend.charges[index]
        let quota = spend.table.quotas[charge.limit]
        let owner = working[index].owner
        let before = working[owner].state
        let (after, fits) =
            switch working[index].kind {
            case .tokens, .settled: MemoryStore.take(charge.cost, from: before, quota: quota, now: now)
            case .calendar: MemoryStore.take(charge.cost, ofWindow: before, quota: quota)
            case .slots: takeSlot(index, of: spend, now: now)
            }
        if fits {
            working[index].before = before
            working[index].isTaken = true
            working[owner].state = after
            // Asking for nothing changes nothing, not even the terms a bucket was written under.
            if charge.cost > 0 { working[owner].isChanged = true }
        }
        spend.readings.append(BucketReading(arrival: after, fits: fits, isReadable: true))
        return fits || !spend.table.enforced[charge.limit]
    }

    private static func take(
        _ cost: Int64, from before: ArrivalTime, quota: CompiledQuota, now: Int64
    ) -> (ArrivalTime, Bool) {
        let after = GCRA.spend(cost, from: before, quota: quota)
        return (after, GCRA.fits(after, quota: quota, now: now))
    }

    private static func take(
        _ cost: Int64, ofWindow before: ArrivalTime, quota: CompiledQuota
    ) -> (ArrivalTime, Bool) {
        let used = before.micros + GCRA.bounded(cost, quota: quota)
        return (ArrivalTime(micros: used, fraction: before.fraction), used <= quota.quota.burst)
    }

    private func undo(_ index: Int) {
        if working[index].isTaken { working[working[index].owner].state = working[index].before }
    }

    /// The windows of a calendar limit now, on the calendar's clock.
    func windows(of limit: Int, under table: LimitTable, now: Int64) -> (current: CalendarWindow, next: CalendarWindow)
    {
        if cursorTable !== table {
            cursorTable = table
            cursors = ContiguousArray(table.limits.map(\.calendarCursor))
        }
        guard let windows = cursors[limit]?.windows(at: now + wallOffsetMicros) else {
            preconditionFailure("a limit of another kind has no windows")
        }
        return windows
    }

    /// A calendar's reading with the window's end on the clock of this store.
    func onOwnClock(_ state: ArrivalTime) -> ArrivalTime {
        ArrivalTime(micros: state.micros, fraction: state.fraction - wallOffsetMicros)
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

extension Limit {
    /// Nil for limits that do not follow the calendar.
    public var calendarCursor: CalendarCursor? {
        if case .calendar(let terms) = counting { CalendarCursor(terms) } else { nil }
    }
}
