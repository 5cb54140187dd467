import Bytes
import Domain
// For the wall clock, which the windows of calendar quotas are looked up by.
import Glibc
import Limits

// The arguments of `spend.lua`, as it and `buckets.lua` describe them at their heads.
extension ScriptCall {
    /// Writes the whole command: EVALSHA digest count keys… packed.
    ///
    /// - Parameter storeMicros: about what the store's clock says, in microseconds since 1970. Only calendar quotas
    ///   need it, and any time within a window of theirs of the truth will do.
    func encode(
        into command: inout CommandEncoder, digest: ContiguousArray<UInt8>, prefix: ContiguousArray<UInt8>,
        storeMicros: Int64 = ScriptCall.wallMicros()
    ) {
        command.begin()
        command.argument("EVALSHA")
        command.argument(digest)
        command.text.write(decimal: UInt64(keys.count + records.count))
        command.endArgument()
        for index in 0..<keys.count {
            command.key(of: keys[index].owner, prefix)
            command.text.write(":limit:")
            command.text.write(table.names[keyLimits[index]])
            command.endArgument()
        }
        for record in records {
            let charge = spends[record.spend].charges[record.charge]
            command.record(
                spends[record.spend].ticketID, of: charge.key.owner, table.names[charge.limit], prefix: prefix)
        }
        packArguments(into: &command.text, storeMicros: storeMicros)
        command.endArgument()
    }

    static func wallMicros() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    }

    private func packArguments(into text: inout ByteWriter, storeMicros: Int64) {
        let end = placeLimits()
        let tickets = spends.count { $0.holdsTicket }
        text.write(
            packedListOf: end - 1 + keys.count + 3 * returns.count + spends.count + tickets + 2 * chargeKeys.count
                + 2 * asks.count)
        text.write(packed: isPlain ? 0 : 1)
        text.write(packed: Int64(end))
        text.write(packed: Int64(keys.count))
        text.write(packed: Int64(returns.count))
        text.write(packed: Int64(spends.count))
        text.write(packed: Int64(asks.count))
        if cursorTable !== table {
            cursorTable = table
            cursors = ContiguousArray(table.limits.map(\.calendarCursor))
        }
        for limit in limits {
            text.write(limit: limit, of: table, cursor: &cursors[limit], at: storeMicros, scratch: &scratch)
        }
        for limit in keyLimits { text.write(packed: Int64(limitPlaces[limits.firstIndex(of: limit) ?? 0])) }
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

    /// Whether the script can do without all but token buckets. After `placeLimits`.
    private var isPlain: Bool {
        if !asks.isEmpty || !returns.isEmpty { return false }
        for limit in limits where table.kinds[limit] != .tokens { return false }
        return true
    }

    /// Lists the limits in use. Returns the place after the last description, counted as Lua does.
    private func placeLimits() -> Int {
        limits.removeAll(keepingCapacity: true)
        limitPlaces.removeAll(keepingCapacity: true)
        var place = 7
        for limit in keyLimits where !limits.contains(limit) {
            limits.append(limit)
            limitPlaces.append(place)
            place += table.kinds[limit].wordCount
        }
        return place
    }

    private func packChecks(into text: inout ByteWriter) {
        var charge = 0
        for spend in spends {
            if spend.holdsTicket {
                text.write(packed: -Int64(spend.charges.count))
                text.write(packed: spend.ticketID, scratch: &scratch)
            } else {
                text.write(packed: Int64(spend.charges.count))
            }
            for index in 0..<spend.charges.count {
                let limit = spend.charges[index].limit
                text.write(packed: Int64(table.enforced[limit] ? chargeKeys[charge] : -chargeKeys[charge]))
                text.write(packed: GCRA.bounded(spend.charges[index].cost, quota: table.quotas[limit]))
                charge += 1
            }
        }
    }
}

extension CommandEncoder {
    /// `prefix:{owner}`, which all of an owner's keys share.
    mutating func key(of owner: Digest128, _ prefix: ContiguousArray<UInt8>) {
        text.write(prefix)
        text.write(":{")
        owner.writeHex(to: &text)
        text.write("}")
    }

    /// The name of a reservation's record, as an argument.
    mutating func record(
        _ id: Digest128, of owner: Digest128, _ limit: ContiguousArray<UInt8>, prefix: ContiguousArray<UInt8>
    ) {
        key(of: owner, prefix)
        text.write(":reservation:")
        id.writeHex(to: &text)
        text.write(":")
        text.write(limit)
        endArgument()
    }
}

extension BucketKind {
    /// How many words describe a limit of this kind.
    var wordCount: Int {
        switch self {
        case .tokens: 8
        case .settled: 11
        case .calendar: 8
        case .slots: 3
        }
    }
}

extension ByteWriter {
    /// The description of one limit at the head of `buckets.lua`.
    mutating func write(
        limit: Int, of table: LimitTable, cursor: inout CalendarCursor?, at storeMicros: Int64,
        scratch: inout ByteWriter
    ) {
        let (kind, quota) = (table.kinds[limit], table.quotas[limit])
        write(packed: Int64(kind.rawValue))
        switch kind {
        case .tokens: write(terms: quota, scratch: &scratch)
        case .settled:
            write(terms: quota, scratch: &scratch)
            write(packed: quota.ceiling.micros)
            write(packed: quota.ceiling.fraction)
            write(packed: table.limits[limit].settlement?.expiresMicros ?? 0)
        case .calendar:
            guard let windows = cursor?.windows(at: storeMicros) else { preconditionFailure("a calendar has windows") }
            write(packed: quota.quota.burst)
            write(packed: max(0, table.limits[limit].start(before: windows.current)))
            write(packed: max(0, windows.current.start))
            write(packed: max(0, windows.next.start))
            write(packed: max(0, windows.next.end))
            write(packed: quota.quota.burst + quota.debtMax)
            write(packed: table.limits[limit].settlement?.expiresMicros ?? 0)
        case .slots:
            write(packed: quota.quota.burst)
            write(packed: table.limits[limit].slotLease)
        }
    }

    private mutating func write(terms quota: CompiledQuota, scratch: inout ByteWriter) {
        write(packed: quota.quota.tokens)
        write(packed: quota.quota.period)
        write(packed: quota.wholeMicros)
        write(packed: quota.partMicros)
        write(packed: quota.capacity.micros)
        write(packed: quota.capacity.fraction)
        scratch.clear()
        scratch.write(decimal: quota.quota.tokens)
        scratch.write(0x20)
        scratch.write(decimal: quota.quota.period)
        write(packed: scratch)
    }

    /// A ticket's id: 32 hexadecimal digits.
    mutating func write(packed id: Digest128, scratch: inout ByteWriter) {
        scratch.clear()
        id.writeHex(to: &scratch)
        write(packed: scratch)
    }
}

extension Limit {
    /// When the window before this one began: the script serves clocks that differ by up to a window.
    fileprivate func start(before window: CalendarWindow) -> Int64 {
        guard case .calendar(let terms) = counting else { return window.start }
        return terms.window(at: window.start - 1).current.start
    }

    /// How long a slot is held, in microseconds; 0 for other limits.
    var slotLease: Int64 { if case .slots(let terms) = counting { terms.leaseMicros } else { 0 } }
}
