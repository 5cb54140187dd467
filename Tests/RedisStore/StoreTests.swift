import Domain
import Limits
import NIOCore
import Testing

@testable import RedisStore

/// What `RedisLimitStore` does beyond the contract while all is well, and how each failure mode decides.
@Suite(.enabled(if: RedisServer.isExpected, "redis-server is not installed"))
struct StoreTests {
    let table = LimitTable([
        limit("small", quota(3, per: 36_000)), limit("large", quota(1_000, per: 36_000)),
        limit("eight", quota(8, per: 36_000)),
    ])

    /// limits.md 9: the checks of one tick share calls of at most 32 buckets.
    @Test func aTicksChecksShareCalls() async throws {
        let server = try RedisServer()
        let worker = try await Worker(server)
        _ = try await worker.check(table, (0..<100).map { [charge(table, 1, owner: $0)] })
        let counters = try await worker.read(\.counters)
        #expect(counters.callsOK == 4)
        #expect(counters.checksSent == 100)
        #expect(counters.bucketsSent == 100)
        #expect(counters.durations.count == 4)
        #expect(counters.waits.count == 100)
    }

    @Test func aHotBucketTravelsOnce() async throws {
        let server = try RedisServer()
        let worker = try await Worker(server)
        let answers = try await worker.check(table, (0..<200).map { _ in [charge(table, 1)] })
        #expect(answers.map { $0.results[0]?.remaining } == (0..<200).map { 999 - $0 })
        #expect(try await worker.read(\.counters).bucketsSent == 1)
    }

    /// Two configurations in one tick, as a reload brings: each bucket is decided under its own check's terms.
    @Test func checksOfTwoTablesDoNotMix() async throws {
        let server = try RedisServer()
        let worker = try await Worker(server)
        let wider = LimitTable([limit("small", quota(30, per: 36_000))])
        async let old = worker.check(table, [[charge(table, 0, cost: 3)]])
        async let new = worker.check(wider, [[charge(wider, 0, cost: 20)]])
        #expect(try await old[0].results[0]?.burst == 3)
        #expect(try await new[0].results[0]?.burst == 30)
    }

    @Test func aRefusalIsRepeatedWithoutAsking() async throws {
        let server = try RedisServer()
        let worker = try await Worker(server)
        _ = try await worker.check(table, charge(table, 0, cost: 3))
        let refused = try await worker.check(table, charge(table, 0))
        #expect(refused.source == .redis)
        let again = try await worker.check(table, charge(table, 1), charge(table, 0))
        #expect(again.outcome == .refused)
        #expect(again.source == .denyCache)
        #expect(again.results[1]?.retryMicros ?? 0 > 11_900_000_000)
        let counters = try await worker.read(\.counters)
        #expect(counters.denyCacheHits == 1)
        #expect(counters.checksSent == 2)
    }

    /// A limit that is reset shows within a second (limits.md 16).
    @Test func aResetBucketShowsWithinASecond() async throws {
        let server = try RedisServer()
        let worker = try await Worker(server)
        _ = try await worker.check(table, charge(table, 0, cost: 3))
        _ = try await worker.check(table, charge(table, 0))
        try RedisClient(port: server.port)("DEL", keyName(table, 0))
        try await Task.sleep(nanoseconds: 1_000_000_000)
        #expect(try await worker.check(table, charge(table, 0)).outcome == .admitted)
    }

    // === on_failure

    /// Nobody listens there.
    private func settings(_ mode: FailureMode, grace: Int = 0) -> RedisSettings {
        RedisSettings(
            endpoint: .unix(path: "/nonexistent/postern.sock"), failureMode: mode, graceSeconds: grace, replicas: 2,
            workers: 2)
    }

    @Test(arguments: [FailureMode.open, .closed, .defer]) func theModeIsTheAnswer(mode: FailureMode) async throws {
        let worker = try await Worker(settings(mode), waitsUntilUp: false)
        let answer = try await worker.check(table, charge(table, 0))
        #expect(answer.outcome == .unavailable(mode))
        #expect(answer.readings.isEmpty)
        try await worker.until { $0.health != .connecting }
        guard case .down(_, .unreachable) = try await worker.read(\.health) else {
            Issue.record("down and unreachable")
            return
        }
    }

    /// 8 per 36,000 s, shared by four workers: 2 each.
    @Test func localKeepsAShareOfTheLimit() async throws {
        let worker = try await Worker(settings(.local), waitsUntilUp: false)
        let answers = try await worker.check(table, (0..<3).map { _ in [charge(table, 2)] })
        #expect(answers.map(\.outcome) == [.admitted, .admitted, .refused])
        #expect(answers.allSatisfy { $0.source == .local })
        #expect(answers[0].results[0]?.burst == 2)
        let retry = try #require(answers[2].results[0]?.retryMicros)
        #expect(retry > 17_900_000_000 && retry <= 18_000_000_000)
    }

    /// limits.md 25: flapping must not mint bursts.
    @Test func theShareSurvivesFromOneOutageToTheNext() async throws {
        let server = try RedisServer()
        var settings = Worker.settings(server, mode: .local)
        (settings.replicas, settings.workers) = (2, 2)
        let worker = try await Worker(settings)
        server.stop()
        try await worker.until { $0.health != .up }
        #expect(try await worker.check(table, charge(table, 2, cost: 2)).source == .local)
        try server.start()
        try await worker.until { $0.health == .up }
        #expect(try await worker.check(table, charge(table, 2)).source == .redis)
        server.stop()
        try await worker.until { $0.health != .up }
        let answer = try await worker.check(table, charge(table, 2))
        #expect(answer.source == .local)
        #expect(answer.outcome == .refused)
    }

    @Test func graceIsOpenAndThenTheMode() async throws {
        let worker = try await Worker(settings(.closed, grace: 1), waitsUntilUp: false)
        #expect(try await worker.check(table, charge(table, 0)).outcome == .unavailable(.open))
        try await Task.sleep(nanoseconds: 1_000_000_000)
        #expect(try await worker.check(table, charge(table, 0)).outcome == .unavailable(.closed))
    }

    @Test func closingAnswersWhatIsOut() async throws {
        let server = try RedisServer()
        let worker = try await Worker(server, mode: .defer)
        server.freeze()
        async let answer = worker.check(table, charge(table, 0))
        try await worker.until { $0.counters.checksSent == 1 }
        try await worker.close()
        #expect(try await answer.outcome == .unavailable(.defer))
        #expect(try await worker.check(table, charge(table, 0)).outcome == .unavailable(.defer))
    }

    @Test func replacedSettingsApplyToTheNextCheck() async throws {
        let worker = try await Worker(settings(.closed), waitsUntilUp: false)
        #expect(try await worker.check(table, charge(table, 0)).outcome == .unavailable(.closed))
        let open = settings(.open)
        try await worker.read { $0.replace(open) }
        #expect(try await worker.check(table, charge(table, 0)).outcome == .unavailable(.open))
    }
}
