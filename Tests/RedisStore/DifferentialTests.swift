import Bytes
import Domain
import Limits
import NIOCore
import Testing

@testable import RedisStore

/// `spend.lua` under a clock of ours against `MemoryStore`, its model: equal in every field, step for step.
@Suite(.enabled(if: RedisServer.isExpected, "redis-server is not installed"))
struct DifferentialTests {
    /// The same names under changing terms, so that buckets are rescaled in all directions.
    static let tables: [LimitTable] = [
        LimitTable([
            limit("a", quota(3, per: 1, burst: 7)), limit("b", quota(100, per: 3_600)),
            limit("c", quota(700_000, per: 1, burst: 40)), limit("d", quota(7, per: 60), enforced: false),
        ]),
        LimitTable([
            limit("b", quota(1_000, per: 3_600)), limit("d", quota(999_983, per: 86_400, burst: 12)),
            limit("a", quota(1, per: 1, burst: 3)), limit("c", quota(17, per: 1)),
        ]),
        LimitTable([
            limit("c", quota(1, per: 3_600, burst: 20)), limit("b", quota(10, per: 60), enforced: false),
            limit("a", quota(3, per: 1, burst: 7)), limit("d", quota(7, per: 7)),
        ]),
    ]

    @Test func theScriptEqualsItsModel() throws {
        let server = try RedisServer()
        let client = try RedisClient(port: server.port)
        // Another clock and no expiry; the body is the one that is shipped.
        let text = SpendScript.text(clock: "local now, expiring = tonumber(redis.call('GET', 'clock')), false")
        let digest = ContiguousArray(
            try #require(try client.command([Array("SCRIPT".utf8), Array("LOAD".utf8), text]).text).utf8)
        let model = MemoryStore(capacity: 10_000)
        let call = ScriptCall()
        var random = Seeded(state: 20_251)
        var now: Int64 = 1_763_000_000_000_000
        var steps = 0
        var outcomes: [String: Int] = [:]
        while steps < 24_000 {
            now += DifferentialTests.step(steps, &random)
            let table = DifferentialTests.tables[steps < 40 ? 0 : (steps / 500) % 3]
            let checks = (0..<Int.random(in: 1...6, using: &random)).map { number in
                // At first every bucket once, so that later insertions do not sweep the model (the script's copy
                // keeps full buckets, as expiry is off, and a clock that steps back can tell the difference).
                steps < 40
                    ? DifferentialTests.first(steps + number, table) : DifferentialTests.charges(table, &random)
            }
            try client("SET", "clock", "\(now)")
            try compare(checks, table, call, client, digest, model, now, &outcomes)
            steps += checks.count
        }
        // The comparison means something only if all kinds of outcome occurred.
        #expect(outcomes["admitted", default: 0] > 2_000)
        #expect(outcomes["refused", default: 0] > 2_000)
    }

    /// Around the time of a token; sometimes a long rest, sometimes a step back.
    private static func step(_ steps: Int, _ random: inout Seeded) -> Int64 {
        if steps < 40 { return 0 }
        switch Int.random(in: 0..<100, using: &random) {
        case 0: return Int64.random(in: 0...4_000_000_000, using: &random)
        case 1: return -Int64.random(in: 0...100_000_000, using: &random)
        case 2..<60: return Int64.random(in: 0...500_000, using: &random)
        default: return Int64.random(in: 0...3, using: &random)
        }
    }

    private static func first(_ number: Int, _ table: LimitTable) -> [Charge] {
        [charge(table, number % 4, owner: UInt64(number / 4 % 5), cost: 1)]
    }

    private static func charges(_ table: LimitTable, _ random: inout Seeded) -> [Charge] {
        (0..<Int.random(in: 1...4, using: &random)).map { _ in
            let index = Int.random(in: 0..<4, using: &random)
            let burst = table.quotas[index].quota.burst
            let cost =
                Int.random(in: 0..<4, using: &random) == 0 ? Int64.random(in: 0...(burst + 3), using: &random) : 1
            return charge(table, index, owner: UInt64.random(in: 0..<5, using: &random), cost: cost)
        }
    }

    private func compare(
        _ checks: [[Charge]], _ table: LimitTable, _ call: ScriptCall, _ client: RedisClient,
        _ digest: ContiguousArray<UInt8>, _ model: MemoryStore, _ now: Int64, _ outcomes: inout [String: Int]
    ) throws {
        call.clear()
        for charges in checks {
            let spend = Spend { _ in }
            spend.table = table
            spend.charges = ContiguousArray(charges)
            try #require(call.add(WaitingQueue.Entry(spend: spend, joined: 0)))
        }
        var command = CommandEncoder()
        var bytes = ByteBuffer()
        call.encode(into: &command, digest: digest, prefix: ContiguousArray("postern".utf8))
        command.write(to: &bytes)
        let reply = try client.raw(Array(bytes.readableBytesView)).list.compactMap(\.integer)
        try #require(call.decode(ContiguousArray(reply)))
        for spend in call.spends {
            let expected = Spend { _ in }
            expected.table = table
            expected.charges = spend.charges
            model.decide(expected, now: now)
            outcomes["\(expected.outcome)", default: 0] += 1
            try #require(spend.outcome == expected.outcome, "at \(now): \(spend.charges)")
            try #require(spend.now == expected.now)
            for (got, want) in zip(spend.readings, expected.readings) {
                try #require(got.fits == want.fits && got.isReadable, "at \(now): \(spend.charges)")
                try #require(got.arrival == want.arrival, "at \(now): \(spend.charges)")
            }
        }
    }
}
