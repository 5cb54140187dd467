import Bytes
import Domain
import Limits

/// One call of the script: up to 32 buckets' worth of checks, which are decided together and answered together.
///
/// A worker owns a few of these and uses them over and over.
final class ScriptCall {
    /// Beyond this a call gains nothing and holds up Redis (limits.md 9).
    static let bucketsMax = 32
    /// Checks of the same hot buckets add charges and no buckets, so they have a bound of their own. With `now` and
    /// three numbers each, the reply stays below `ReplyReader.integersMax`.
    static let chargesMax = 256

    private(set) var spends: ContiguousArray<Spend> = []
    private(set) var joined: ContiguousArray<UInt64> = []
    /// The call's buckets, and the index of each one's limit in the table.
    private(set) var keys: ContiguousArray<BucketKey> = []
    var keyLimits: ContiguousArray<Int> = []
    /// For each charge of each check, in order: its bucket, from 1.
    var chargeKeys: ContiguousArray<Int> = []
    /// Table indices of the limits used, in the order the script gets them, and where each is described.
    var limits: ContiguousArray<Int> = []
    var limitPlaces: ContiguousArray<Int> = []
    /// Whose reservations this call records: a check, and which of its charges.
    private(set) var records: ContiguousArray<(spend: Int, charge: Int)> = []
    /// Where each calendar limit of `cursorTable` is in its calendar.
    var cursors: ContiguousArray<CalendarCursor?> = []
    var cursorTable = LimitTable.empty
    var table = LimitTable.empty
    var scratch = ByteWriter(reserving: 256)
    /// What is asked for and brought back beside the checks, and their buckets, from 1.
    private(set) var asks: ContiguousArray<LeaseAsk> = []
    private(set) var returns: ContiguousArray<LeaseReturn> = []
    var askKeys: ContiguousArray<Int> = []
    var returnKeys: ContiguousArray<Int> = []
    /// After `decode`: one for each of `asks`.
    private(set) var grants: ContiguousArray<LeaseGrant> = []

    var sentAt: UInt64 = 0
    /// NOSCRIPT is answered by loading and asking again, once.
    var wasResent = false
    /// In a cluster: the slot of all its keys, how often its checks were sent elsewhere, and whether the node must be
    /// told to take a slot that is still on its way to it.
    var slot = 0
    var redirects = 0
    var isAsking = false

    /// When what waits longest joined: asks and returns are sent as soon as they come.
    var oldest: UInt64 { joined.first ?? (isEmpty ? .max : sentAt) }
    /// The configuration whose limits its buckets have. Meaningless if empty.
    var limitTable: LimitTable { table }
    var isEmpty: Bool { spends.isEmpty && asks.isEmpty && returns.isEmpty }

    /// Whether something of this slot may join, in a cluster. What was redirected travels alone.
    func takes(slot other: UInt16, redirects: UInt8 = 0) -> Bool {
        if isEmpty { slot = Int(other) }
        return slot == Int(other) && (isEmpty || redirects == 0)
    }

    func clear() {
        spends.removeAll(keepingCapacity: true)
        joined.removeAll(keepingCapacity: true)
        keys.removeAll(keepingCapacity: true)
        keyLimits.removeAll(keepingCapacity: true)
        chargeKeys.removeAll(keepingCapacity: true)
        records.removeAll(keepingCapacity: true)
        asks.removeAll(keepingCapacity: true)
        returns.removeAll(keepingCapacity: true)
        askKeys.removeAll(keepingCapacity: true)
        returnKeys.removeAll(keepingCapacity: true)
        grants.removeAll(keepingCapacity: true)
        wasResent = false
    }

    /// Takes a check aboard. False: it does not fit, or belongs to another configuration, whose limits may give one
    /// bucket other terms. An empty call takes any check.
    func add(_ entry: WaitingQueue.Entry) -> Bool {
        let charges = entry.spend.charges.count
        if isEmpty { table = entry.spend.table }
        guard table === entry.spend.table, chargeKeys.count + charges <= ScriptCall.chargesMax else { return false }
        let before = (keys: keys.count, charges: chargeKeys.count, records: records.count)
        if entry.spend.holdsTicket {
            for index in 0..<charges where table.settles(entry.spend.charges[index].limit) {
                records.append((spends.count, index))
            }
            if records.count > ScriptCall.bucketsMax {
                records.removeSubrange(before.records...)
                return false
            }
        }
        for index in 0..<charges {
            let number = number(of: entry.spend.charges[index].key, limit: entry.spend.charges[index].limit)
            if number > ScriptCall.bucketsMax {
                keys.removeSubrange(before.keys...)
                keyLimits.removeSubrange(before.keys...)
                chargeKeys.removeSubrange(before.charges...)
                records.removeSubrange(before.records...)
                return false
            }
            chargeKeys.append(number)
        }
        spends.append(entry.spend)
        joined.append(entry.joined)
        return true
    }

    /// Takes an ask aboard, to be decided after all checks. False: it does not fit, or is of another configuration.
    func add(ask: LeaseAsk, under other: LimitTable) -> Bool {
        guard asks.count < ScriptCall.bucketsMax, let number = admit(ask.key, ask.limit, under: other) else {
            return false
        }
        asks.append(ask)
        askKeys.append(number)
        return true
    }

    /// Takes a return aboard, to be credited before any check. False: as for an ask.
    func add(return item: LeaseReturn, under other: LimitTable) -> Bool {
        guard returns.count < ScriptCall.bucketsMax, let number = admit(item.key, item.limit, under: other) else {
            return false
        }
        returns.append(item)
        returnKeys.append(number)
        return true
    }

    private func admit(_ key: BucketKey, _ limit: Int, under other: LimitTable) -> Int? {
        if isEmpty { table = other }
        guard table === other else { return nil }
        let number = number(of: key, limit: limit)
        if number <= ScriptCall.bucketsMax { return number }
        keys.removeLast()
        keyLimits.removeLast()
        return nil
    }

    /// The bucket's place among KEYS, from 1.
    private func number(of key: BucketKey, limit: Int) -> Int {
        for index in 0..<keys.count where keys[index] == key { return index + 1 }
        keys.append(key)
        keyLimits.append(limit)
        return keys.count
    }

    /// Reads the reply into the checks. False: it is not this call's, and nothing was touched.
    ///
    /// A check that only an unreadable bucket kept from being admitted is left `pending`, for the caller to decide.
    func decode(_ integers: ContiguousArray<Int64>) -> Bool {
        guard integers.count == 1 + 3 * (chargeKeys.count + asks.count) else { return false }
        var at = 1
        for spend in spends {
            spend.begin()
            spend.now = integers[0]
            spend.source = .redis
            var (admitted, readable) = (true, true)
            for index in 0..<spend.charges.count {
                let verdict = integers[at]
                let arrival = ArrivalTime(micros: integers[at + 1], fraction: integers[at + 2])
                spend.readings.append(BucketReading(arrival: arrival, fits: verdict == 1, isReadable: verdict != 2))
                at += 3
                guard table.enforced[spend.charges[index].limit] else { continue }
                if verdict == 0 { admitted = false }
                if verdict == 2 { readable = false }
            }
            if !admitted { spend.outcome = .refused } else if readable { spend.outcome = .admitted }
        }
        for _ in asks {
            grants.append(
                LeaseGrant(
                    granted: max(0, integers[at]),
                    arrival: ArrivalTime(micros: integers[at + 1], fraction: integers[at + 2]), now: integers[0],
                    isReadable: integers[at] >= 0))
            at += 3
        }
        return true
    }
}

extension Spend {
    /// Whether it holds slots or reservations if it is admitted. Without an id it only asks.
    var holdsTicket: Bool {
        if table.isPlain || (ticketID.high == 0 && ticketID.low == 0) { return false }
        for charge in charges where table.held[charge.limit] { return true }
        return false
    }
}

extension LimitTable {
    /// Whether charges of limit `index` are reservations.
    func settles(_ index: Int) -> Bool { held[index] && kinds[index] != .slots }
}
