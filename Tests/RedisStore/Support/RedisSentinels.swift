import Foundation

/// A master, its replica and three Sentinels that want a password, on free ports; stopped when the test lets go.
final class RedisSentinels {
    let master: RedisServer
    let replica: RedisServer
    private(set) var ports: [Int] = []
    private var processes: [Process] = []
    private let directory: URL

    init() throws {
        master = try RedisServer()
        replica = try RedisServer("--replicaof", "127.0.0.1 \(master.port)")
        directory = FileManager.default.temporaryDirectory.appending(path: "postern-sentinel-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        try RedisCluster.wait {
            try RedisClient(port: master.port)("INFO", "replication").text?.contains("state=online") ?? false
        }
        for _ in 0..<3 { try startOne() }
        try RedisCluster.wait {
            try ports.allSatisfy { port in
                let client = try RedisClient(port: port)
                try client("AUTH", "guard")
                return try client("SENTINEL", "SENTINELS", "main").list.count == 2
                    && client("SENTINEL", "REPLICAS", "main").list.count == 1
            }
        }
    }

    private func startOne() throws {
        let port = try RedisServer.freePort()
        let file = directory.appending(path: "\(port).conf")
        let lines = [
            "port \(port)", "bind 127.0.0.1", "dir \(directory.path)", "requirepass guard",
            "sentinel sentinel-pass guard", "sentinel monitor main 127.0.0.1 \(master.port) 2",
            "sentinel down-after-milliseconds main 500", "sentinel failover-timeout main 2000",
        ]
        try lines.joined(separator: "\n").write(to: file, atomically: true, encoding: .utf8)
        let process = Process()
        process.executableURL = URL(filePath: RedisServer.program ?? "")
        process.arguments = [file.path, "--sentinel"]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        processes.append(process)
        ports.append(port)
        try RedisCluster.wait { (try? RedisClient(port: port)) != nil }
    }

    /// The port that the Sentinel on `port` names.
    func named(by port: Int) throws -> Int {
        let client = try RedisClient(port: port)
        try client("AUTH", "guard")
        return Int(try client("SENTINEL", "GET-MASTER-ADDR-BY-NAME", "main").list[1].text ?? "") ?? 0
    }

    deinit {
        for process in processes where process.isRunning {
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        try? FileManager.default.removeItem(at: directory)
    }
}
