import Domain
import Limits
import NIOCore
import Testing

@testable import RedisStore

/// limits.md 5 on the real clock: a key must not expire before its bucket is full, nor long after.
@Suite(.enabled(if: RedisServer.isExpected, "redis-server is not installed"))
struct ExpiryTests {
    @Test func aKeyNeverExpiresBeforeItsBucketIsFull() throws {
        let spreads = try spreads(under: SpendScript.text)
        #expect(spreads.allSatisfy { $0 >= 0 }, "not early")
        #expect(spreads.allSatisfy { $0 <= 2 * 3_000 }, "not more than two milliseconds late")
    }

    /// The canary of limits.md 32: the obvious expiry is early, and the test above would say so.
    @Test func anEarlyExpiryIsCaught() throws {
        let text = String(decoding: SpendScript.text, as: UTF8.self)
        let early = text.replacing("floor((t + 999) / 1000) + 1", with: "floor(t / 1000)")
        try #require(early != text)
        #expect(try spreads(under: Array(early.utf8)).contains { $0 < 0 })
    }

    /// PEXPIRETIME minus the arrival time of 100 buckets, in thirds of a microsecond, which is exact.
    private func spreads(under script: [UInt8]) throws -> [Int64] {
        let server = try RedisServer()
        let client = try RedisClient(port: server.port)
        let loaded = try client.command([Array("SCRIPT".utf8), Array("LOAD".utf8), script])
        let digest = ContiguousArray(try #require(loaded.text).utf8)
        let thirds = LimitTable([limit("thirds", quota(3, per: 1, burst: 1_000))])
        return try (0..<100 as Range<UInt64>).map { owner in
            let (call, spend) = (ScriptCall(), Spend { _ in })
            spend.table = thirds
            spend.charges = [charge(thirds, 0, owner: owner, cost: Int64(owner) + 300)]
            let isAboard = call.add(WaitingQueue.Entry(spend: spend, joined: 0))
            try #require(isAboard)
            var command = CommandEncoder()
            var bytes = ByteBuffer()
            call.encode(into: &command, digest: digest, prefix: ContiguousArray("postern".utf8))
            command.write(to: &bytes)
            let reply = try client.raw(Array(bytes.readableBytesView)).list.compactMap(\.integer)
            try #require(call.decode(ContiguousArray(reply)))
            let expiry = try #require(try client("PEXPIRETIME", keyName(thirds, 0, owner: owner)).integer)
            let arrival = spend.readings[0].arrival
            return expiry * 3_000 - arrival.micros * 3 - arrival.fraction
        }
    }
}
