import Domain
import Limits
import NIOCore
import Testing

@testable import RedisStore

/// Checks on a real cluster. Long runs under load are in Tests/Integration.
@Suite(.enabled(if: RedisServer.isExpected, "redis-server is not installed"), .serialized)
struct ClusterTests {
    let table = LimitTable([
        limit("small", quota(3, per: 36_000)), limit("large", quota(1_000, per: 36_000)),
        Limit(name: "wide", kind: .global, quota: quota(20, per: 36_000), enforced: true),
    ])

    private func settings(_ cluster: RedisCluster, deadline: Int = 1_000) -> RedisSettings {
        // Two seeds of six, the second perhaps a replica.
        var settings = RedisSettings(
            topology: .cluster([cluster.nodes[0], cluster.nodes[4]].map { .tcp(host: "127.0.0.1", port: $0.port) }))
        (settings.deadlineMillis, settings.failureMode) = (deadline, .closed)
        return settings
    }

    private func connect(_ cluster: RedisCluster, deadline: Int = 1_000) async throws -> Worker {
        let worker = try await Worker(settings(cluster, deadline: deadline), waitsUntilUp: false)
        try await worker.until { $0.cluster?.isWhole == true && $0.health == .up }
        return worker
    }

    @Test func checksGoToTheMastersOfTheirSlots() async throws {
        let cluster = try RedisCluster()
        let worker = try await connect(cluster)
        #expect(try await worker.read { $0.cluster?.nodes.count } == 3)
        let answers = try await worker.check(
            table, (0..<300).map { [charge(table, 0, owner: $0), charge(table, 1, owner: $0)] })
        #expect(answers.allSatisfy { $0.outcome == .admitted && $0.results[0]?.remaining == 2 })
        let counters = try await worker.read(\.counters)
        #expect(counters.redirects == 0)
        #expect(counters.callsError == 0)
        #expect(try await worker.read(\.warnings) == [])
        #expect(
            try RedisClient(port: cluster.master(of: keyName(table, 0, owner: 7)))(
                "EXISTS", keyName(table, 0, owner: 7)
            ).integer == 1)
    }

    /// limits.md 13: narrowest first, all or nothing, and what a refusal leaves behind is brought back.
    @Test func aCheckOverSlotsIsAllOrNothing() async throws {
        let cluster = try RedisCluster()
        let worker = try await connect(cluster)
        let wide = charge(table, 2, owner: 0xffff)
        let apart = try #require(
            (1..<100 as Range<UInt64>).first {
                HashSlot.of(charge(table, 0, owner: $0).key.owner) != HashSlot.of(wide.key.owner)
            })
        let first = try await worker.check(
            table, charge(table, 2, owner: 0xffff, cost: 19), charge(table, 0, owner: apart))
        #expect(first.outcome == .admitted)
        #expect(first.results.map { $0?.remaining } == [1, 2])
        #expect(try await worker.read(\.counters).splitChecks == 1)
        // The wide limit refuses after the narrow one has spent: that comes back.
        let refused = try await worker.check(
            table, charge(table, 2, owner: 0xffff, cost: 2), charge(table, 0, owner: apart))
        #expect(refused.outcome == .refused)
        #expect(refused.readings.map(\.fits) == [false, true])
        try await worker.until { $0.counters.refunds == 1 }
        try await Task.sleep(nanoseconds: 20_000_000)
        #expect(try await worker.check(table, charge(table, 0, owner: apart, cost: 0)).results[0]?.remaining == 2)
        // The narrow one refuses first, and the wide one is not asked.
        let narrow = try await worker.check(
            table, charge(table, 2, owner: 0xffff), charge(table, 0, owner: apart, cost: 3))
        #expect(narrow.outcome == .refused)
        #expect(narrow.readings.map(\.isReadable) == [false, true])
        #expect(try await worker.check(table, charge(table, 2, owner: 0xffff, cost: 0)).results[0]?.remaining == 1)
    }

    /// A slot is moved while its bucket is used: ASK on the way, MOVED afterwards, and no check is lost.
    @Test func aMovingSlotIsFollowed() async throws {
        let cluster = try RedisCluster()
        let worker = try await connect(cluster)
        let key = keyName(table, 1)
        #expect(try await worker.check(table, charge(table, 1)).outcome == .admitted)
        let source = try cluster.master(of: key)
        let target = try #require(
            try cluster.nodes.map(\.port).first { port in
                try port != source && RedisClient(port: port)("ROLE").list[0].text == "master"
            })
        let slot = String(HashSlot.of(charge(table, 1).key.owner))
        let (from, to) = (try RedisClient(port: source), try RedisClient(port: target))
        let (fromID, toID) = (try from("CLUSTER", "MYID").text ?? "", try to("CLUSTER", "MYID").text ?? "")
        try to("CLUSTER", "SETSLOT", slot, "IMPORTING", fromID)
        try from("CLUSTER", "SETSLOT", slot, "MIGRATING", toID)
        try from("MIGRATE", "127.0.0.1", "\(target)", key, "0", "1000")
        // The key has gone and the slot has not: ASK.
        #expect(try await worker.check(table, charge(table, 1)).results[0]?.remaining == 998)
        #expect(try await worker.read(\.counters).redirects == 1)
        // One key there and one not yet made: TRYAGAIN, until the slot has moved.
        for client in [to, from] { try client("CLUSTER", "SETSLOT", slot, "NODE", toID) }
        let answers = try await worker.check(
            table, (0..<50).map { _ in [charge(table, 1), charge(table, 0, cost: 0)] })
        #expect(answers.allSatisfy { $0.outcome == .admitted })
        #expect(answers.last?.results[0]?.remaining == 948)
        let redirects = try await worker.read(\.counters).redirects
        #expect(redirects >= 2)
        // Followed once, known from then on.
        #expect(try await worker.check(table, charge(table, 1)).results[0]?.remaining == 947)
        #expect(try await worker.read(\.counters).redirects == redirects)
    }

    /// Its replica takes over, and the checks of its slots find it within two seconds of that.
    @Test func aKilledMasterIsReplaced() async throws {
        let cluster = try RedisCluster()
        let worker = try await connect(cluster, deadline: 100)
        let key = keyName(table, 1)
        let master = try cluster.master(of: key)
        #expect(try await worker.check(table, charge(table, 1)).outcome == .admitted)
        try cluster.node(master).stop()
        try await worker.until { $0.warnings.contains(.partlyDown) }
        #expect(try await worker.read(\.health) == .up)
        #expect(try await worker.check(table, charge(table, 1)).outcome == .unavailable(.closed))
        let other = try #require(cluster.nodes.first { $0.port != master }).port
        try RedisCluster.wait { try cluster.master(of: key, asked: other) != master }
        try await worker.until(seconds: 2) { $0.cluster?.isWhole == true }
        #expect(try await worker.check(table, charge(table, 1)).outcome == .admitted)
        #expect(try await worker.seen.contains(.whole))
    }

    @Test func aNodeWithoutClusterSupportIsNamed() async throws {
        let server = try RedisServer()
        let settings = RedisSettings(topology: .cluster([.tcp(host: "127.0.0.1", port: server.port)]))
        let worker = try await Worker(settings, waitsUntilUp: false)
        try await worker.until { if case .down(_, .notACluster) = $0.health { true } else { false } }
    }
}
