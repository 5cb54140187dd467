import Domain
import Limits
import NIOCore
import Testing

@testable import RedisStore

/// Leases over a real Redis: what is spent here, what is asked for, and what goes back (limits.md 12, 17-22).
@Suite(.enabled(if: RedisServer.isExpected, "redis-server is not installed"))
struct LeasingTests {
    /// 10,000 a second with room for as many, of which Λ = 100 ms hides a tenth.
    static let wide = Limit(
        name: "wide", kind: .global, quota: quota(10_000, per: 1, burst: 9_000), enforced: true,
        lease: LeaseTerms(lifetimeMicros: 100_000))

    let table = LimitTable([LeasingTests.wide, limit("small", quota(3, per: 36_000))])

    /// `count` checks, twenty in each tick with a pause of about 2 ms.
    private func load(_ worker: Worker, _ table: LimitTable, _ count: Int) async throws -> [Answer] {
        var answers: [Answer] = []
        for _ in 0..<(count / 20) {
            answers += try await worker.check(table, (0..<20).map { _ in [charge(table, 0)] })
            try await Task.sleep(nanoseconds: 2_000_000)
        }
        return answers
    }

    /// Of a bucket of 1,000 a second, as Redis has it.
    private func tokensSpent(_ server: RedisServer, _ key: String) throws -> Double {
        let client = try RedisClient(port: server.port)
        guard let value = try client("GET", key).text, let micros = Double(value.split(separator: " ")[0]) else {
            return 0
        }
        let clock = try client("TIME").list.compactMap { $0.text.flatMap(Double.init) }
        return max(0, (micros - clock[0] * 1_000_000 - clock[1]) / 1_000)
    }

    @Test func aBusyBucketIsSpentHere() async throws {
        let server = try RedisServer()
        let worker = try await Worker(server)
        _ = try await load(worker, table, 400)
        let before = try await worker.read(\.counters)
        let answers = try await load(worker, table, 2_000)
        let counters = try await worker.read(\.counters)
        #expect(answers.allSatisfy { $0.outcome == .admitted })
        #expect(answers.contains { $0.source == .lease })
        #expect(counters.callsOK - before.callsOK < 200, "less than one call in ten checks, on however slow a machine")
        #expect(counters.leases.admitted - before.leases.admitted > 1_000)
    }

    /// However they arrive, all are answered once, and no more are admitted than the bucket has.
    @Test func aRushParksAndIsAnswered() async throws {
        let server = try RedisServer()
        let worker = try await Worker(server)
        var answers: [Answer] = []
        for _ in 0..<6 {
            answers += try await worker.check(table, (0..<2_000).map { _ in [charge(table, 0)] })
        }
        let admitted = answers.filter { $0.outcome == .admitted }.count
        #expect(answers.count == 12_000)
        #expect(answers.allSatisfy { $0.outcome == .admitted || $0.outcome == .refused })
        #expect(admitted >= 9_000)
        #expect(try await worker.read { $0.leasing.parkedCount } == 0)
    }

    /// limits.md 12: what a lease gave goes back to it when another limit refuses.
    @Test func aRefusalElsewhereGivesTheLeaseBack() async throws {
        let server = try RedisServer()
        let worker = try await Worker(server)
        _ = try await worker.check(table, charge(table, 1, cost: 3))
        _ = try await load(worker, table, 400)
        // Until the deny cache of a second is over, the refusal is local; both ways must give back.
        for _ in 0..<2 {
            let before = try await worker.read { ($0.counters.leasesHeld, $0.counters.leases.admitted) }
            let refused = try await worker.check(table, charge(table, 0), charge(table, 1))
            let after = try await worker.read { ($0.counters.leasesHeld, $0.counters.leases.admitted) }
            #expect(refused.outcome == .refused)
            #expect(before == after || after.0 == 0, "kept, or expired meanwhile")
        }
    }

    @Test func aCheckMayBeOfBothKinds() async throws {
        let server = try RedisServer()
        let worker = try await Worker(server)
        _ = try await load(worker, table, 400)
        let both = try await worker.check(table, charge(table, 1, owner: 7), charge(table, 0))
        #expect(both.outcome == .admitted)
        #expect(both.results[0]?.remaining == 2)
        #expect((both.results[1]?.remaining ?? 0) > 1_000)
    }

    /// limits.md 21: what is left goes back when the store closes, less what flowed in since.
    @Test func closingGivesBack() async throws {
        let server = try RedisServer()
        let worker = try await Worker(server)
        // Tokens that flow in slowly, so that what is held is worth more than its age.
        let slow = LimitTable([
            Limit(
                name: "slow", kind: .global, quota: quota(1_000, per: 1, burst: 8_100), enforced: true,
                lease: LeaseTerms(lifetimeMicros: 900_000))
        ])
        _ = try await load(worker, slow, 400)
        let held = try await worker.read(\.counters.leasesHeld)
        let before = try tokensSpent(server, keyName(slow, 0))
        try await worker.close()
        try await Task.sleep(nanoseconds: 50_000_000)
        #expect(held > 0)
        #expect(try await worker.read(\.counters.leases.returned) > 0)
        #expect(try tokensSpent(server, keyName(slow, 0)) < before - Double(held) / 2)
    }

    /// A configuration that changes the limit has new leases; one that does not keeps them.
    @Test func aReloadReturnsWhatChanged() async throws {
        let server = try RedisServer()
        let worker = try await Worker(server)
        _ = try await load(worker, table, 400)
        let same = LimitTable([limit("other", quota(5, per: 1)), LeasingTests.wide])
        _ = try await worker.check(same, charge(same, 1))
        #expect(try await worker.read { $0.counters.leasesOpen } == 1)
        let changed = LimitTable([
            Limit(
                name: "wide", kind: .global, quota: quota(10_000, per: 1, burst: 5_000), enforced: true,
                lease: LeaseTerms(lifetimeMicros: 50_000))
        ])
        let answer = try await worker.check(changed, charge(changed, 0))
        #expect(answer.outcome == .admitted)
        #expect(answer.source == .redis, "the new lease is empty")
        // A check that began before the reload is served exact, and does not bring the old leases back.
        let late = try await worker.check(same, charge(same, 1))
        #expect(late.outcome == .admitted)
        #expect(late.source == .redis)
    }
}
