import Domain
import Limits
import Testing

@testable import Configuration

/// The settings and compiled limits that the newer keys make.
@Suite struct TopologySettingsTests {
    @Test func aClusterHasItsNodesInOrder() throws {
        let settings = try load(
            """
            auth: {mode: none}
            redis: {cluster: {nodes: ["a", "10.0.0.2:7000", "[::1]:7001"]}, username: u, password: p, tls: {}}
            """)
        let redis = try #require(settings.redis)
        #expect(
            redis.topology
                == .cluster(nodes: [
                    .tcp(host: "a", port: 6379), .tcp(host: "10.0.0.2", port: 7000), .tcp(host: "::1", port: 7001),
                ]))
        #expect(redis.node == .tcp(host: "a", port: 6379))
        #expect(redis.tls == RedisTLS())
        #expect(redis.username == "u")
    }

    @Test func sentinelHasCredentialsOfItsOwn() throws {
        let settings = try load(
            """
            auth: {mode: none}
            redis:
              sentinel: {nodes: ["a", "b:1"], master: my-master, username: s, password: t, tls: {server_name: n}}
              password: p
              database: 3
            """)
        let redis = try #require(settings.redis)
        let expected = SentinelSettings(
            nodes: [.tcp(host: "a", port: 26379), .tcp(host: "b", port: 1)], master: "my-master", username: "s",
            password: Secret(Array("t".utf8)), tls: RedisTLS(serverName: "n"))
        #expect(redis.topology == .sentinel(expected))
        #expect(redis.node == .tcp(host: "a", port: 26379))
        #expect(redis.database == 3)
        #expect(redis.tls == nil)
        #expect(redis.password == Secret(Array("p".utf8)))
    }

    @Test func controlHasATokenThatNoSnapshotKeeps() throws {
        let settings = try load(
            """
            auth: {mode: none}
            admin: {control: "127.0.0.1:9193", token: 0123456789abcdef0123456789abcdef}
            """)
        #expect(settings.admin.control == .tcp(host: "127.0.0.1", port: 9193))
        let snapshot = try #require(SnapshotCompiler.compile(settings, file: "f").snapshot)
        #expect(snapshot.settings.admin.token == nil)
        #expect(snapshot.credentials.controlToken != nil)
    }

    @Test func withoutControlThereIsNoToken() throws {
        let settings = try load("auth: {mode: none}")
        #expect(settings.admin.control == nil)
        #expect(settings.reserveHeader == nil)
        let snapshot = try #require(SnapshotCompiler.compile(settings, file: "f").snapshot)
        #expect(snapshot.credentials.controlToken == nil)
    }
}
