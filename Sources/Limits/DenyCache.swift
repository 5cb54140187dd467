import Bytes
import Domain

/// Repeats a refusal without asking the store, for as long as it is provably right (limits.md 16): while *this cost*
/// could not fit even if nobody else spent since.
///
/// The store's clock is estimated from the moment the refused call was sent, which is before the store read it, so
/// the estimate runs ahead and a refusal ends early rather than late. Retry-After is computed anew at each hit.
public struct DenyCache {
    /// Slots; a power of two. A bucket has one place, and a newer refusal takes it.
    static let size = 4_096
    /// An entry's life in nanoseconds, before a jitter of ±10 %. Never more than a second, so that a reset bucket or
    /// a raised limit shows everywhere within one.
    static let lifetime: UInt64 = 900_000_000
    /// The same for a refusal by what holds spends that may be taken back: tokens of leases, and of checks that
    /// another store has still to decide (limits.md 13).
    static let provisionalLifetime: UInt64 = 45_000_000

    private struct Entry {
        var key = BucketKey(owner: .init(high: 0, low: 0), limit: 0)
        var arrival = ArrivalTime(micros: 0, fraction: 0)
        var storeNow: Int64 = 0
        var sentAt: UInt64 = 0
        /// 0: empty.
        var expires: UInt64 = 0
    }

    private var entries: ContiguousArray<Entry>
    /// Entries' quotas are those of one table; another one empties the cache.
    private var table: LimitTable?
    /// When the last entry ends: most of the time nothing was refused lately, and no place need be looked at.
    private var lastExpires: UInt64 = 0

    /// Refusals answered from here.
    public private(set) var hits: UInt64 = 0

    public init() { entries = ContiguousArray(repeating: Entry(), count: DenyCache.size) }

    /// Remembers the enforced charges that did not fit in a check the store refused.
    ///
    /// Those of slots are not: a slot may come back at any time.
    ///
    /// - Parameters:
    ///   - sentAt: when the call was sent, in monotonic nanoseconds.
    ///   - isProvisional: the buckets may hold spends of checks that are not decided yet.
    public mutating func remember(_ refused: Spend, sentAt: UInt64, isProvisional: Bool = false) {
        use(refused.table)
        for index in 0..<refused.charges.count {
            let reading = refused.readings[index]
            let charge = refused.charges[index]
            if reading.fits || !reading.isReadable || !refused.table.enforced[charge.limit] { continue }
            // A lease remembers it itself, and may hold what the store has not.
            if charge.leasedUntil == Charge.dry { continue }
            // A charge that did not fit because the same check charged its bucket before proves nothing.
            if refused.table.kinds[charge.limit] == .slots || isDoubled(index, in: refused) { continue }
            let isShort = isProvisional || refused.table.leased[charge.limit]
            let expires = DenyCache.expiry(
                of: charge.key, sentAt: sentAt,
                lifetime: isShort ? DenyCache.provisionalLifetime : DenyCache.lifetime)
            lastExpires = max(lastExpires, expires)
            entries[slot(of: charge.key)] = Entry(
                key: charge.key, arrival: reading.arrival, storeNow: refused.now, sentAt: sentAt,
                expires: expires)
        }
    }

    /// Refuses `spend` if one of its enforced charges cannot fit; its readings are then those known from here, and
    /// the others are unread.
    public mutating func refuses(_ spend: Spend, at now: UInt64) -> Bool {
        if now >= lastExpires { return false }
        use(spend.table)
        var refused = false
        for index in 0..<spend.charges.count where denies(spend.charges[index], of: spend, at: now) { refused = true }
        guard refused else { return false }
        hits &+= 1
        fill(spend, at: now)
        return true
    }

    private func denies(_ charge: Charge, of spend: Spend, at now: UInt64) -> Bool {
        guard spend.table.enforced[charge.limit] else { return false }
        let entry = entries[slot(of: charge.key)]
        guard now < entry.expires, entry.key == charge.key else { return false }
        let quota = spend.table.quotas[charge.limit]
        let time = DenyCache.storeTime(of: entry, at: now)
        if spend.table.kinds[charge.limit] == .calendar {
            // Until the window ends.
            let used = entry.arrival.micros + GCRA.bounded(charge.cost, quota: quota)
            return time < entry.arrival.fraction && used > quota.quota.burst
        }
        let after = GCRA.spend(charge.cost, from: entry.arrival, quota: quota)
        return !GCRA.fits(after, quota: quota, now: time)
    }

    /// The answer, on the latest of the clocks that the hits give. Each was cached from its own reply, and all of them
    /// estimate the same clock.
    private func fill(_ spend: Spend, at now: UInt64) {
        spend.outcome = .refused
        spend.source = .denyCache
        spend.now = 0
        for charge in spend.charges where denies(charge, of: spend, at: now) {
            spend.now = max(spend.now, DenyCache.storeTime(of: entries[slot(of: charge.key)], at: now))
        }
        for charge in spend.charges {
            var reading = BucketReading.unread
            if denies(charge, of: spend, at: now) {
                var arrival = entries[slot(of: charge.key)].arrival
                if spend.table.kinds[charge.limit] != .calendar {
                    arrival = max(arrival, ArrivalTime(micros: spend.now, fraction: 0))
                }
                reading = BucketReading(arrival: arrival, fits: false, isReadable: true)
            }
            spend.readings.append(reading)
        }
    }

    private mutating func use(_ other: LimitTable) {
        if table === other { return }
        table = other
        lastExpires = 0
        for index in 0..<DenyCache.size { entries[index].expires = 0 }
    }

    private static func expiry(of key: BucketKey, sentAt: UInt64, lifetime: UInt64) -> UInt64 {
        let jitter = (key.owner.high &+ sentAt / 1_000) % (lifetime / 5)
        return sentAt + lifetime * 9 / 10 + jitter
    }

    private func isDoubled(_ index: Int, in spend: Spend) -> Bool {
        for other in 0..<index where spend.charges[other].key == spend.charges[index].key { return true }
        return false
    }

    /// Rounded up: late rather than early.
    private static func storeTime(of entry: Entry, at now: UInt64) -> Int64 {
        entry.storeNow + Int64((max(now, entry.sentAt) - entry.sentAt + 999) / 1_000)
    }

    private func slot(of key: BucketKey) -> Int {
        Int(truncatingIfNeeded: (key.owner.low ^ key.limit) & UInt64(DenyCache.size - 1))
    }
}
