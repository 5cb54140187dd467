import Bytes
import Domain
import Limits

/// What `settle.lua`, `slots.lua` and `inspect.lua` are sent, and what their replies mean. Cold: one bucket per call.
struct OperationScripts {
    /// In front of every key.
    let prefix: ContiguousArray<UInt8>
    let table: LimitTable

    /// EVALSHA of `settle.lua`. `cost` is 0 … `max_cost`.
    func encodeSettle(
        _ key: BucketKey, limit: Int, id: Digest128, cost: Int64, digest: ContiguousArray<UInt8>, storeMicros: Int64,
        into command: inout CommandEncoder
    ) {
        begin(digest, keys: 2, key, limit, into: &command)
        command.record(id, of: key.owner, table.names[limit], prefix: prefix)
        command.text.write(packedListOf: 2 + table.kinds[limit].wordCount)
        command.text.write(packed: 1)
        command.text.write(packed: max(0, min(cost, table.quotas[limit].exactCost)))
        describe(limit, at: storeMicros, into: &command)
    }

    /// EVALSHA of `slots.lua`, to give the slot back.
    func encodeRelease(
        _ key: BucketKey, limit: Int, id: Digest128, digest: ContiguousArray<UInt8>,
        into command: inout CommandEncoder
    ) {
        encodeSlot(key, limit, id, lease: 0, digest: digest, into: &command)
    }

    /// EVALSHA of `slots.lua`, to hold the slot for another lease.
    func encodeRenew(
        _ key: BucketKey, limit: Int, id: Digest128, digest: ContiguousArray<UInt8>,
        into command: inout CommandEncoder
    ) {
        encodeSlot(key, limit, id, lease: table.limits[limit].slotLease, digest: digest, into: &command)
    }

    private func encodeSlot(
        _ key: BucketKey, _ limit: Int, _ id: Digest128, lease: Int64, digest: ContiguousArray<UInt8>,
        into command: inout CommandEncoder
    ) {
        var scratch = ByteWriter(reserving: 64)
        begin(digest, keys: 1, key, limit, into: &command)
        command.text.write(packedListOf: 3)
        command.text.write(packed: 1)
        command.text.write(packed: lease)
        command.text.write(packed: id, scratch: &scratch)
        command.endArgument()
    }

    /// EVALSHA of `inspect.lua`.
    func encodeInspect(
        _ key: BucketKey, limit: Int, digest: ContiguousArray<UInt8>, storeMicros: Int64,
        into command: inout CommandEncoder
    ) {
        begin(digest, keys: 1, key, limit, into: &command)
        command.text.write(packedListOf: 1 + table.kinds[limit].wordCount)
        command.text.write(packed: 1)
        describe(limit, at: storeMicros, into: &command)
    }

    /// DEL of the bucket. The reply is 1 if there was one.
    func encodeReset(_ key: BucketKey, limit: Int, into command: inout CommandEncoder) {
        command.begin()
        command.argument("DEL")
        name(key, limit, into: &command)
    }

    private func begin(
        _ digest: ContiguousArray<UInt8>, keys: UInt64, _ key: BucketKey, _ limit: Int,
        into command: inout CommandEncoder
    ) {
        command.begin()
        command.argument("EVALSHA")
        command.argument(digest)
        command.text.write(decimal: keys)
        command.endArgument()
        name(key, limit, into: &command)
    }

    private func name(_ key: BucketKey, _ limit: Int, into command: inout CommandEncoder) {
        command.key(of: key.owner, prefix)
        command.text.write(":limit:")
        command.text.write(table.names[limit])
        command.endArgument()
    }

    private func describe(_ limit: Int, at storeMicros: Int64, into command: inout CommandEncoder) {
        var scratch = ByteWriter(reserving: 64)
        var cursor = table.limits[limit].calendarCursor
        command.text.write(limit: limit, of: table, cursor: &cursor, at: storeMicros, scratch: &scratch)
        command.endArgument()
    }

    /// Nil: the bucket was unreadable, or this is no reply of the script.
    static func settlement(_ integers: ContiguousArray<Int64>) -> Settlement? {
        guard integers.count == 3 else { return nil }
        switch integers[0] {
        case 1: return .done(refund: integers[1], overdrawn: integers[2])
        case 2: return .conflict
        case 3: return .expired
        default: return nil
        }
    }

    /// Whether the slot was held until now; nil as above.
    static func slot(_ integers: ContiguousArray<Int64>) -> Bool? {
        guard integers.count == 1, integers[0] < 2 else { return nil }
        return integers[0] == 1
    }

    /// Nil: this is no reply of the script.
    func state(_ integers: ContiguousArray<Int64>, limit: Int) -> BucketState? {
        guard integers.count == 4 else { return nil }
        guard integers[1] == 1 else { return .unreadable }
        return BucketState(
            ArrivalTime(micros: integers[2], fraction: integers[3]), kind: table.kinds[limit],
            quota: table.quotas[limit], now: integers[0])
    }
}
