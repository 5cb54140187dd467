import Bytes
import Domain
import Limits
import Testing

@testable import RedisStore

/// What the scripts do with values that are not theirs, and how long they let Redis keep those that are.
@Suite(.enabled(if: RedisServer.isExpected, "redis-server is not installed"))
struct BucketKindsTests {
    private static let table = LimitTable([
        limit("good", quota(10, per: 36_000)), DifferentialKindsTests.settled("paid", quota(10, per: 60), debt: 5),
        DifferentialKindsTests.calendar("month", 10, .month, settles: true),
        DifferentialKindsTests.slots("streams", 3, seconds: 50),
    ])
    private let table = BucketKindsTests.table
    private let id = Digest128(high: 0xABCD, low: 0xEF)

    private func call(_ bench: ScriptBench, at now: Int64, _ checks: [Charge]...) throws -> [Spend] {
        let call = ScriptCall()
        for charges in checks {
            let spend = Spend { _ in }
            (spend.table, spend.charges, spend.ticketID) = (table, ContiguousArray(charges), id)
            let isAboard = call.add(WaitingQueue.Entry(spend: spend, joined: 0))
            try #require(isAboard)
        }
        try bench.run(call, at: now)
        return Array(call.spends)
    }

    /// limits.md 8, for each kind that is not a plain token bucket.
    @Test(
        arguments: [1, 2, 3], ["list", "c 5", "c 5 x", "9 9 9", "1 2 3 4 five", ""])
    func aBadKeyFailsItsOwnCheckAlone(index: Int, value: String) throws {
        let bench = try ScriptBench()
        let bad = keyName(table, index)
        try bench.setClock(1_763_000_000_000_000)
        if value == "list" { try bench.client("LPUSH", bad, "x") } else { try bench.client("SET", bad, value) }
        let spends = try call(
            bench, at: 1_763_000_000_000_000, [charge(table, 0), charge(table, index)], [charge(table, 0)])
        #expect(spends[0].outcome == .pending)
        #expect(spends[0].readings.map(\.isReadable) == [true, false])
        #expect(spends[1].outcome == .admitted)
        #expect(spends[1].result(of: 0)?.remaining == 9, "the first check spent nothing")
        #expect(try bench.client("TYPE", bad).text == (value == "list" ? "list" : "string"))
        let key = charge(table, index).key
        let state = try bench.perform(.inspect(key), under: table, at: 1_763_000_000_000_000)
        #expect(state == .inspected(.unreadable))
    }

    /// A limit that counted otherwise yesterday starts anew.
    @Test(arguments: [0, 1, 2, 3], ["1763000000500000 0 1 3600000000", "c 1761955200000000 9", "slots"])
    func anotherKindsValueCountsAsNone(index: Int, value: String) throws {
        let bench = try ScriptBench()
        let now: Int64 = 1_763_000_000_000_000
        try bench.setClock(now)
        if value == "slots" {
            try bench.client("ZADD", keyName(table, index), "1763000001000000", String(repeating: "a", count: 32))
        } else {
            try bench.client("SET", keyName(table, index), value)
        }
        let isOwn = value == "slots" ? index == 3 : value.hasPrefix("c") ? index == 2 : index < 2
        if isOwn { return }
        let spend = try call(bench, at: now, [charge(table, index)])[0]
        #expect(spend.outcome == .admitted)
        #expect(spend.result(of: 0).map { $0.burst - $0.remaining } == 1)
        let again = try call(bench, at: now, [charge(table, index, cost: 0)])[0]
        #expect(again.result(of: 0).map { $0.burst - $0.remaining } == 1, "and it was written")
    }

    /// A sender whose clock is weeks off does not know the window: it is told nothing, rather than something wrong.
    @Test func aClockTooFarOffReadsNothing() throws {
        let bench = try ScriptBench()
        let now: Int64 = 1_763_000_000_000_000
        let month: Int64 = 31 * 86_400_000_000
        for (clock, isReadable) in [(now, true), (now + month, true), (now - month, true), (now + 4 * month, false)] {
            try bench.setClock(clock)
            let spend = try call(bench, at: now, [charge(table, 2, cost: 0)])[0]
            #expect(spend.readings[0].isReadable == isReadable, "\(clock)")
        }
    }

    /// limits.md 5 on the real clock: nothing expires before it means nothing, nor long after.
    @Test func nothingExpiresEarly() throws {
        let bench = try ScriptBench(hasOwnClock: false)
        let now = ScriptCall.wallMicros()
        let spend = try call(
            bench, at: now, [charge(table, 1, cost: 7), charge(table, 2), charge(table, 3)])[0]
        #expect(spend.outcome == .admitted)
        let ends = [
            spend.readings[0].arrival.micros, spend.readings[1].arrival.fraction, spend.readings[2].arrival.fraction,
        ]
        for (index, end) in ends.enumerated() {
            try expect(bench, keyName(table, index + 1), lastsUntil: end)
        }
        let hex = "000000000000abcd00000000000000ef"
        for (name, micros) in [("paid", 30_000_000), ("month", 600_000_000)] as [(String, Int64)] {
            let record = keyName(table, 0).replacing(":limit:good", with: ":reservation:\(hex):\(name)")
            try expect(bench, record, lastsUntil: spend.now + micros)
        }
    }

    /// A settled reservation is remembered as long as an unsettled one, and a renewed slot longer than before.
    @Test func settlingAndRenewingKeepTheirTimes() throws {
        let bench = try ScriptBench(hasOwnClock: false)
        let now = ScriptCall.wallMicros()
        let spend = try call(bench, at: now, [charge(table, 1, cost: 7), charge(table, 3)])[0]
        let ticket = Ticket(id: id, holdings: spend.charges.map(\.key))
        let settled = try bench.perform(.settle(ticket, costs: [9, nil]), under: table, at: now)
        #expect(settled == .settled([.done(refund: -2, overdrawn: 0), nil]))
        let record = keyName(table, 0)
            .replacing(":limit:good", with: ":reservation:000000000000abcd00000000000000ef:paid")
        try expect(bench, record, lastsUntil: spend.now + 30_000_000)
        // Two more tokens of six seconds each.
        try expect(bench, keyName(table, 1), lastsUntil: spend.readings[0].arrival.micros + 12_000_000)
        #expect(try bench.perform(.renew(ticket), under: table, at: now) == .renewed(1))
        let score = try bench.client("ZSCORE", keyName(table, 3), "000000000000abcd00000000000000ef").text
        let expiry = try #require(score.flatMap(Int64.init))
        #expect(expiry > spend.readings[1].arrival.fraction)
        try expect(bench, keyName(table, 3), lastsUntil: expiry)
        #expect(try bench.perform(.release(ticket), under: table, at: now) == .released(1))
        #expect(try bench.client("EXISTS", keyName(table, 3)).integer == 0)
    }

    private func expect(_ bench: ScriptBench, _ key: String, lastsUntil end: Int64) throws {
        let expiry = try #require(try bench.client("PEXPIRETIME", key).integer)
        #expect(expiry * 1_000 >= end, "\(key) not early")
        #expect(expiry * 1_000 <= end + 2_000, "\(key) not late")
    }
}
