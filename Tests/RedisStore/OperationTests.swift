import Bytes
import Domain
import Limits
import NIOCore
import Testing

@testable import RedisStore

/// What Redis is asked apart from checks.
@Suite(.enabled(if: RedisServer.isExpected, "redis-server is not installed"))
struct OperationTests {
    static let table = LimitTable([
        limit("tokens", quota(10, per: 36_000)),
        Limit(
            name: "slots", kind: .subject, quota: quota(2, per: 36_000), enforced: true,
            counting: .slots(SlotTerms(leaseMicros: 60_000_000))),
        Limit(
            name: "settled", kind: .subject, quota: quota(100, per: 36_000), enforced: true,
            settlement: SettlementTerms(estimate: 50, expiresMicros: 600_000_000, debtMax: 100)),
    ])
    let table = OperationTests.table
    let id = Digest128(high: 7, low: 9)

    private func ticket(_ indices: Int...) -> Ticket {
        Ticket(id: id, holdings: indices.map { charge(table, $0).key })
    }

    @Test func slotsAreReleasedAndRenewed() async throws {
        let server = try RedisServer()
        let worker = try await Worker(server)
        #expect(try await worker.check(table, [[charge(table, 1)]], id: id)[0].outcome == .admitted)
        #expect(try await worker.perform(.inspect(charge(table, 1).key), table).isHolding(1))
        #expect(try await worker.perform(.renew(ticket(1)), table) == .renewed(1))
        #expect(try await worker.perform(.release(ticket(1)), table) == .released(1))
        #expect(try await worker.perform(.release(ticket(1)), table) == .released(0))
        #expect(try await worker.perform(.renew(ticket(1)), table) == .renewed(0))
    }

    @Test func reservationsAreSettledOnce() async throws {
        let server = try RedisServer()
        let worker = try await Worker(server)
        _ = try await worker.check(table, [[charge(table, 2, cost: 50)]], id: id)
        let settle = StoreOperation.settle(ticket(2), costs: [20])
        #expect(try await worker.perform(settle, table) == .settled([.done(refund: 30, overdrawn: 0)]))
        #expect(try await worker.perform(settle, table) == .settled([.done(refund: 30, overdrawn: 0)]))
        #expect(try await worker.perform(.settle(ticket(2), costs: [21]), table) == .settled([.conflict]))
        let other = Ticket(id: Digest128(high: 1, low: 1), holdings: ticket(2).holdings)
        #expect(try await worker.perform(.settle(other, costs: [1]), table) == .settled([.expired]))
        #expect(try await worker.check(table, charge(table, 2, cost: 0)).results[0]?.remaining == 80)
    }

    @Test func bucketsAreInspectedAndReset() async throws {
        let server = try RedisServer()
        let worker = try await Worker(server)
        let key = charge(table, 0).key
        #expect(try await worker.perform(.inspect(key), table) == .inspected(.absent))
        #expect(try await worker.perform(.reset(key), table) == .reset(false))
        _ = try await worker.check(table, charge(table, 0, cost: 4))
        guard case .inspected(.tokens(6, _)) = try await worker.perform(.inspect(key), table) else {
            Issue.record("six are left")
            return
        }
        #expect(try await worker.perform(.reset(key), table) == .reset(true))
        #expect(try await worker.perform(.inspect(key), table) == .inspected(.absent))
        try RedisClient(port: server.port)("SET", keyName(table, 0), "garbage")
        #expect(try await worker.perform(.inspect(key), table) == .inspected(.unreadable))
        let stranger = BucketKey(owner: key.owner, limit: 1)
        #expect(try await worker.perform(.inspect(stranger), table) == .unknownLimit)
    }

    @Test func aForgottenScriptIsLoadedAgain() async throws {
        let server = try RedisServer()
        let worker = try await Worker(server)
        _ = try await worker.check(table, [[charge(table, 1)]], id: id)
        try RedisClient(port: server.port)("SCRIPT", "FLUSH")
        #expect(try await worker.perform(.release(ticket(1)), table) == .released(1))
        #expect(try await worker.read(\.counters).scriptReloads == 1)
    }

    @Test func withoutRedisNothingIsKnown() async throws {
        let server = try RedisServer()
        let worker = try await Worker(Worker.settings(server, deadline: 20))
        server.freeze()
        #expect(try await worker.perform(.release(ticket(1)), table) == .unavailable)
        #expect(try await worker.perform(.settle(ticket(2), costs: [1]), table) == .unavailable)
        #expect(try await worker.perform(.reset(charge(table, 0).key), table) == .unavailable)
        server.thaw()
    }

    /// What was taken from the local share goes back there.
    @Test func slotsTakenLocallyAreReleasedLocally() async throws {
        var settings = RedisSettings(endpoint: .unix(path: "/nonexistent/postern.sock"))
        settings.failureMode = .local
        let worker = try await Worker(settings, waitsUntilUp: false)
        let first = try await worker.check(table, [[charge(table, 1)]], id: id)
        #expect(first[0].outcome == .admitted)
        #expect(first[0].source == .local)
        #expect(try await worker.perform(.release(ticket(1)), table) == .released(1))
        #expect(try await worker.perform(.release(ticket(1)), table) == .unavailable)
    }
}

extension StoreAnswer {
    func isHolding(_ count: Int) -> Bool {
        if case .inspected(.slots(count, _)) = self { true } else { false }
    }
}
