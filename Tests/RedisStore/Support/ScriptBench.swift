import Bytes
import Domain
import Limits
import NIOCore
import Testing

@testable import RedisStore

/// The scripts on a real server: as they are shipped, or the same bodies under a clock of the test's and without expiry.
final class ScriptBench {
    let server: RedisServer
    let client: RedisClient
    private var digests: [StoreScript: ContiguousArray<UInt8>] = [:]
    private let prefix = ContiguousArray("postern".utf8)

    init(hasOwnClock: Bool = true) throws {
        server = try RedisServer()
        client = try RedisClient(port: server.port)
        for script in StoreScript.allCases {
            let clock = "local now, expiring = tonumber(redis.call('GET', 'clock')), false"
            let text = hasOwnClock ? script.text(clock: clock) : script.text
            let loaded = try client.command([Array("SCRIPT".utf8), Array("LOAD".utf8), text])
            digests[script] = ContiguousArray(try #require(loaded.text).utf8)
        }
    }

    struct Unreadable: Error {}

    func setClock(_ now: Int64) throws { try client("SET", "clock", "\(now)") }

    private func digest(_ script: StoreScript) -> ContiguousArray<UInt8> { digests[script] ?? [] }

    private func send(_ command: consuming CommandEncoder) throws -> ContiguousArray<Int64> {
        var bytes = ByteBuffer()
        command.write(to: &bytes)
        let reply = try client.raw(Array(bytes.readableBytesView))
        if let integer = reply.integer { return [integer] }
        return ContiguousArray(reply.list.compactMap(\.integer))
    }

    func run(_ call: ScriptCall, at now: Int64) throws {
        var command = CommandEncoder()
        call.encode(into: &command, digest: digest(.spend), prefix: prefix, storeMicros: now)
        let reply = try send(command)
        try #require(call.decode(reply))
    }

    /// As a store would, one bucket after another.
    func perform(_ operation: StoreOperation, under table: LimitTable, at now: Int64) throws -> StoreAnswer {
        switch operation {
        case .release(let ticket): .released(try count(ticket, table, renews: false))
        case .renew(let ticket): .renewed(try count(ticket, table, renews: true))
        case .settle(let ticket, let costs):
            .settled(
                try zip(ticket.holdings, costs).map { key, cost in
                    try cost.flatMap { try settle(key, ticket.id, $0, table, now) }
                })
        case .inspect(let key): .inspected(try inspect(key, table, now))
        case .reset(let key): .reset(try reset(key, table))
        }
    }

    private func count(_ ticket: Ticket, _ table: LimitTable, renews: Bool) throws -> Int {
        let scripts = OperationScripts(prefix: prefix, table: table)
        return try ticket.holdings.count { key in
            let limit = try #require(table.index(ofKey: key.limit))
            guard table.kinds[limit] == .slots else { return false }
            var command = CommandEncoder()
            if renews {
                scripts.encodeRenew(key, limit: limit, id: ticket.id, digest: digest(.slots), into: &command)
            } else {
                scripts.encodeRelease(key, limit: limit, id: ticket.id, digest: digest(.slots), into: &command)
            }
            guard let held = OperationScripts.slot(try send(command)) else { throw Unreadable() }
            return held
        }
    }

    private func settle(
        _ key: BucketKey, _ id: Digest128, _ cost: Int64, _ table: LimitTable, _ now: Int64
    ) throws -> Settlement? {
        let limit = try #require(table.index(ofKey: key.limit))
        guard table.limits[limit].settlement != nil else { return nil }
        var command = CommandEncoder()
        OperationScripts(prefix: prefix, table: table).encodeSettle(
            key, limit: limit, id: id, cost: cost, digest: digest(.settle), storeMicros: now, into: &command)
        return OperationScripts.settlement(try send(command))
    }

    private func inspect(_ key: BucketKey, _ table: LimitTable, _ now: Int64) throws -> BucketState {
        let limit = try #require(table.index(ofKey: key.limit))
        let scripts = OperationScripts(prefix: prefix, table: table)
        var command = CommandEncoder()
        scripts.encodeInspect(key, limit: limit, digest: digest(.inspect), storeMicros: now, into: &command)
        return try #require(scripts.state(try send(command), limit: limit))
    }

    private func reset(_ key: BucketKey, _ table: LimitTable) throws -> Bool {
        let limit = try #require(table.index(ofKey: key.limit))
        var command = CommandEncoder()
        OperationScripts(prefix: prefix, table: table).encodeReset(key, limit: limit, into: &command)
        return try send(command) == [1]
    }
}
