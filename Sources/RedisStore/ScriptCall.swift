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
    private var keyLimits: ContiguousArray<Int> = []
    /// For each charge of each check, in order: its bucket, from 1.
    private var chargeKeys: ContiguousArray<Int> = []
    /// Table indices of the limits used, in the order the script gets them.
    private var limits: ContiguousArray<Int> = []
    private var table = LimitTable.empty
    private var scratch = ByteWriter(reserving: 256)
    /// What is asked for and brought back beside the checks, and their buckets, from 1.
    private(set) var asks: ContiguousArray<LeaseAsk> = []
    private(set) var returns: ContiguousArray<LeaseReturn> = []
    private var askKeys: ContiguousArray<Int> = []
    private var returnKeys: ContiguousArray<Int> = []
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
        limits.removeAll(keepingCapacity: true)
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
        let before = (keys: keys.count, charges: chargeKeys.count)
        for index in 0..<charges {
            let number = number(of: entry.spend.charges[index].key, limit: entry.spend.charges[index].limit)
            if number > ScriptCall.bucketsMax {
                keys.removeSubrange(before.keys...)
                keyLimits.removeSubrange(before.keys...)
                chargeKeys.removeSubrange(before.charges...)
                return false
            }
            chargeKeys.append(number)
        }
        spends.append(entry.spend)
        joined.append(entry.joined)
        return true
    }

    /// Takes an ask aboard, to be decided after all checks. False: it does not fit, or belongs to another configuration.
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

    /// Writes the whole command's arguments: EVALSHA digest count keys… packed.
    func encode(into command: inout CommandEncoder, digest: ContiguousArray<UInt8>, prefix: ContiguousArray<UInt8>) {
        command.begin()
        command.argument("EVALSHA")
        command.argument(digest)
        command.text.write(decimal: UInt64(keys.count))
        command.endArgument()
        for index in 0..<keys.count {
            command.text.write(prefix)
            command.text.write(":{")
            keys[index].owner.writeHex(to: &command.text)
            command.text.write("}:limit:")
            command.text.write(table.names[keyLimits[index]])
            command.endArgument()
        }
        packArguments(into: &command.text)
        command.endArgument()
    }

    /// The list that `spend.lua` describes at its head.
    private func packArguments(into text: inout ByteWriter) {
        limits.removeAll(keepingCapacity: true)
        for limit in keyLimits where !limits.contains(limit) { limits.append(limit) }
        text.write(
            packedListOf: 4 + 7 * limits.count + keys.count + 3 * returns.count + spends.count + 2 * chargeKeys.count
                + 2 * asks.count)
        text.write(packed: Int64(limits.count))
        text.write(packed: Int64(returns.count))
        text.write(packed: Int64(spends.count))
        text.write(packed: Int64(asks.count))
        for limit in limits { packTerms(of: table.quotas[limit], into: &text) }
        for limit in keyLimits { text.write(packed: Int64((limits.firstIndex(of: limit) ?? 0) + 1)) }
        for index in 0..<returns.count {
            let item = returns[index]
            text.write(packed: Int64(returnKeys[index]))
            text.write(packed: GCRA.leasable(item.tokens, quota: table.quotas[item.limit]))
            text.write(packed: max(0, item.grantedAtMicros))
        }
        packChecks(into: &text)
        for index in 0..<asks.count {
            text.write(packed: Int64(askKeys[index]))
            text.write(packed: GCRA.leasable(asks[index].want, quota: table.quotas[asks[index].limit]))
        }
    }

    private func packChecks(into text: inout ByteWriter) {
        var charge = 0
        for spend in spends {
            text.write(packed: Int64(spend.charges.count))
            for index in 0..<spend.charges.count {
                let limit = spend.charges[index].limit
                text.write(packed: Int64(table.enforced[limit] ? chargeKeys[charge] : -chargeKeys[charge]))
                text.write(packed: GCRA.bounded(spend.charges[index].cost, quota: table.quotas[limit]))
                charge += 1
            }
        }
    }

    private func packTerms(of quota: CompiledQuota, into text: inout ByteWriter) {
        text.write(packed: quota.quota.tokens)
        text.write(packed: quota.quota.period)
        text.write(packed: quota.wholeMicros)
        text.write(packed: quota.partMicros)
        text.write(packed: quota.capacity.micros)
        text.write(packed: quota.capacity.fraction)
        scratch.clear()
        scratch.write(decimal: quota.quota.tokens)
        scratch.write(0x20)
        scratch.write(decimal: quota.quota.period)
        text.write(packed: scratch)
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
