import Domain
import Limits
import NIOCore
import Testing

@testable import RedisStore

/// A master that Sentinel names, with real Sentinels. Long runs under load are in Tests/Integration.
@Suite(.enabled(if: RedisServer.isExpected, "redis-server is not installed"), .serialized)
struct SentinelTests {
    let table = LimitTable([limit("large", quota(1_000, per: 36_000))])

    private func settings(_ ports: [Int], password: String? = "guard") -> RedisSettings {
        let nodes = ports.map { RedisEndpoint.tcp(host: "127.0.0.1", port: $0) }
        var settings = RedisSettings(
            topology: .sentinel(SentinelSettings(nodes: nodes, master: "main", password: password)))
        (settings.deadlineMillis, settings.failureMode) = (100, .closed)
        return settings
    }

    @Test func theMasterIsFoundAndAFailoverFollowed() async throws {
        let sentinels = try RedisSentinels()
        // One of the four is not there.
        let worker = try await Worker(settings([try RedisServer.freePort()] + sentinels.ports))
        #expect(try await worker.check(table, charge(table, 0)).results[0]?.remaining == 999)
        #expect(try await worker.read { $0.node?.endpoint } == .tcp(host: "127.0.0.1", port: sentinels.master.port))
        sentinels.master.stop()
        try RedisCluster.wait {
            try sentinels.ports.allSatisfy { try sentinels.named(by: $0) == sentinels.replica.port }
        }
        try await worker.until(seconds: 2) { $0.health == .up }
        #expect(try await worker.read { $0.node?.endpoint } == .tcp(host: "127.0.0.1", port: sentinels.replica.port))
        #expect(try await worker.check(table, charge(table, 0)).results[0]?.remaining == 998)
        #expect(try await worker.read(\.counters).reconnects == 1)
        try await worker.close()
    }

    /// The old master works on and answers: only the Sentinels know that it is one no more.
    @Test func aReplacedMasterIsLeft() async throws {
        let sentinels = try RedisSentinels()
        let worker = try await Worker(settings(sentinels.ports))
        let client = try RedisClient(port: sentinels.ports[0])
        try client("AUTH", "guard")
        try client("SENTINEL", "FAILOVER", "main")
        try RedisCluster.wait {
            try sentinels.ports.allSatisfy { try sentinels.named(by: $0) == sentinels.replica.port }
        }
        let port = sentinels.replica.port
        try await worker.until(seconds: 3) {
            $0.health == .up && $0.node?.endpoint == .tcp(host: "127.0.0.1", port: port)
        }
        #expect(try await worker.check(table, charge(table, 0)).outcome == .admitted)
    }

    @Test func whoNamesNoMasterIsToldApart() async throws {
        let sentinels = try RedisSentinels()
        for wrong in [settings(sentinels.ports, password: "wrong"), settings([try RedisServer.freePort()])] {
            let worker = try await Worker(wrong, waitsUntilUp: false)
            try await worker.until { if case .down(_, .noMaster) = $0.health { true } else { false } }
            try await worker.close()
        }
    }
}
