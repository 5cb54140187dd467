import Foundation

/// A real cluster of six nodes on free ports, three of them replicas.
final class RedisCluster {
    let nodes: [RedisServer]

    init() throws {
        nodes = try (0..<6).map { _ in
            try RedisServer(
                port: try RedisServer.freePort(), "--cluster-enabled", "yes", "--cluster-node-timeout",
                "1000", "--cluster-replica-validity-factor", "0")
        }
        let addresses = nodes.map { "127.0.0.1:\($0.port)" }
        try RedisCluster.cli(["--cluster", "create"] + addresses + ["--cluster-replicas", "1", "--cluster-yes"])
        for node in nodes {
            try RedisCluster.wait {
                let info = try RedisClient(port: node.port)("CLUSTER", "INFO").text ?? ""
                let slots = try RedisClient(port: node.port)("CLUSTER", "SLOTS").list
                return info.contains("cluster_state:ok") && info.contains("cluster_known_nodes:6")
                    && slots.count == 3 && slots.allSatisfy { $0.list.count == 4 }
            }
        }
    }

    /// The node on `port`.
    func node(_ port: Int) throws -> RedisServer {
        guard let node = nodes.first(where: { $0.port == port }) else { throw RedisServer.NotReady() }
        return node
    }

    /// The port of the master of a key, as `asked` sees it.
    func master(of key: String, asked: Int? = nil) throws -> Int {
        let client = try RedisClient(port: asked ?? nodes[0].port)
        let slot = try client("CLUSTER", "KEYSLOT", key).integer ?? 0
        for range in try client("CLUSTER", "SLOTS").list {
            if let first = range.list[0].integer, let last = range.list[1].integer, (first...last).contains(slot) {
                return Int(range.list[2].list[1].integer ?? 0)
            }
        }
        throw RedisServer.NotReady()
    }

    static func cli(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/redis-cli")
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        if process.terminationStatus != 0 { throw RedisServer.NotReady() }
    }

    static func wait(_ condition: () throws -> Bool) throws {
        for _ in 0..<1_000 {
            if try condition() { return }
            usleep(10_000)
        }
        throw RedisServer.NotReady()
    }
}
