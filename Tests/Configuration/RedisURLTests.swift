import Testing

@testable import Configuration

/// Redis URLs that are right.
@Suite struct RedisURLTests {
    private func redis(_ url: String) throws -> RedisSettings? {
        try load("auth: {mode: none}\nredis: {url: '\(url)'}\n").redis
    }

    @Test(arguments: [
        ("redis://cache", RedisSettings.Node.tcp(host: "cache", port: 6379), 0),
        ("redis://cache:1/", .tcp(host: "cache", port: 1), 0),
        ("redis://10.0.0.1:7000/3", .tcp(host: "10.0.0.1", port: 7000), 3),
        ("redis://[::1]:7000", .tcp(host: "::1", port: 7000), 0),
        ("redis://[fd00::2]/1", .tcp(host: "fd00::2", port: 6379), 1),
        ("unix:/run/redis.sock", .unix(path: "/run/redis.sock"), 0),
        ("unix:///run/redis.sock", .unix(path: "/run/redis.sock"), 0),
    ])
    func node(_ url: String, _ node: RedisSettings.Node, _ database: Int) throws {
        let redis = try #require(try redis(url))
        #expect(redis.node == node && redis.database == database && redis.tls == nil && redis.password == nil)
    }

    @Test(
        arguments: [
            ("redis://u:p@a", "u", "p"), ("redis://:p@a", nil, "p"), ("redis://u:p%40%3A%2F@a", "u", "p@:/"),
            ("redis://u:p@q@a", "u", "p@q"), ("redis://u:p:q@a", "u", "p:q"),
        ] as [(String, String?, String)])
    func userInfo(_ url: String, _ username: String?, _ password: String) throws {
        let redis = try #require(try redis(url))
        #expect(redis.username == username && redis.password == Secret(Array(password.utf8)))
        #expect(redis.node == .tcp(host: "a", port: 6379))
    }

    @Test func redissIsTLS() throws {
        #expect(try redis("rediss://a")?.tls == RedisTLS())
        let yaml = "auth: {mode: none}\nredis: {url: 'rediss://a', tls: {ca: /dev/null, server_name: b}}\n"
        #expect(try load(yaml).redis?.tls == RedisTLS(ca: "/dev/null", serverName: "b"))
    }
}
