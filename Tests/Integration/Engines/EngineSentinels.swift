import Foundation

/// A master, two replicas and three sentinels on loopback, with passwords of both kinds.
final class EngineSentinels {
    static let name = "limits"
    static let password = "engine-data-password"
    static let sentinelPassword = "engine-sentinel-password"
    private static let downAfterMillis = 500

    private let scratch: ScratchFolder
    let data: [EngineServer]
    let sentinels: [EngineServer]

    init(_ tool: Tool = .redisServer) throws {
        let scratch = try ScratchFolder()
        let secret = ["masterauth \(Self.password)"]
        let master = try EngineServer(tool, secret, scratch: scratch, password: Self.password)
        let replicas = try (0..<2).map { _ in
            let lines = secret + ["replicaof 127.0.0.1 \(master.port)"]
            return try EngineServer(tool, lines, scratch: scratch, password: Self.password)
        }
        sentinels = try (0..<3).map { _ in
            try EngineServer(
                tool, Self.lines(master.port), scratch: scratch, password: Self.sentinelPassword, isSentinel: true)
        }
        (self.scratch, data) = (scratch, [master] + replicas)
        guard try eventually(within: 20, isWhole) else { throw HarnessFailure("the sentinels did not find each other") }
    }

    private static func lines(_ port: UInt16) -> [String] {
        [
            "sentinel monitor \(name) 127.0.0.1 \(port) 2", "sentinel auth-pass \(name) \(password)",
            "sentinel down-after-milliseconds \(name) \(downAfterMillis)", "sentinel failover-timeout \(name) 3000",
            "sentinel sentinel-pass \(sentinelPassword)",
        ]
    }

    /// The lines of `redis:` that name the sentinels, and the passwords of both kinds.
    var yaml: String {
        let nodes = sentinels.map { "\"\($0.address)\"" }.joined(separator: ", ")
        let sentinel = "{nodes: [\(nodes)], master: \(Self.name), password: \(Self.sentinelPassword)}"
        return "sentinel: \(sentinel), password: \(Self.password)"
    }

    /// Who the sentinels say is the master.
    func master() throws -> EngineServer {
        for sentinel in sentinels {
            guard let reply = try? sentinel.command("SENTINEL", "GET-MASTER-ADDR-BY-NAME", Self.name).list,
                reply.count == 2, let port = reply[1].text, let found = data.first(where: { "\($0.port)" == port })
            else { continue }
            return found
        }
        throw HarnessFailure("no sentinel knows a master")
    }

    private func isWhole() throws -> Bool {
        let known = try sentinels.allSatisfy { sentinel in
            let info = try sentinel.command("INFO", "sentinel").field("master0") ?? ""
            return info.contains("status=ok") && info.contains("slaves=2") && info.contains("sentinels=3")
        }
        return try known
            && data.dropFirst().allSatisfy {
                try $0.command("INFO", "replication").field("master_link_status") == "up"
            }
    }
}
