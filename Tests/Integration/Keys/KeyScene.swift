import Foundation

/// Some replicas over one key store, and the command line that changes it.
final class KeyScene {
    let scratch: ScratchFolder
    /// Killed and started again on its port by tests.
    let redis: Redis?
    let servers: [PosternFile]
    let ports: [UInt16]

    /// - Parameters:
    ///   - redis: nil keeps the keys in a file.
    ///   - more: lines below `api_keys:`, indented by four spaces.
    init(replicas: Int, redis: Redis?, more: String = "") throws {
        let scratch = try ScratchFolder()
        var (servers, ports): ([PosternFile], [UInt16]) = ([], [])
        for index in 0..<replicas {
            let (port, admin) = (try TCPListener.freePort(), try TCPListener.freePort())
            let text = """
                listen: [{address: "127.0.0.1:\(port)"}]
                admin: {address: "127.0.0.1:\(admin)"}
                auth:
                  mode: api_key
                  rate_limit_backend: memory
                  roles: [{name: user, permissions: [invoke]}, {name: admin, permissions: [invoke, deploy]}]
                  api_keys:
                    store: \(redis == nil ? "file:\(scratch.path)/keys" : "redis")
                \(more)
                routes:
                  - {path: /invoke, permissions: [invoke]}
                  - {path: /deploy, permissions: [deploy]}
                audit: {file: \(scratch.path)/audit-\(index).log, allowed: 1}
                \(redis.map { "redis: {url: \"\($0.url)\"}" } ?? "")

                """
            let path = try scratch.write(text, to: "postern-\(index).yaml")
            servers.append(try PosternFile(path: path, adminPort: admin, scratch: scratch))
            ports.append(port)
        }
        (self.scratch, self.redis, self.servers, self.ports) = (scratch, redis, servers, ports)
    }

    var path: String { scratch.file("postern-0.yaml") }

    func keys(_ arguments: String..., input: String? = nil) throws -> Command {
        try Command(postern: ["keys"] + arguments + ["--config", path], input: input, scratch: scratch)
    }

    /// The members of what a command prints with `--json`.
    func json(_ arguments: String...) throws -> [String: Any] {
        let run = try Command(postern: ["keys"] + arguments + ["--json", "--config", path], scratch: scratch)
        let value = try? JSONSerialization.jsonObject(with: Data(run.output.utf8))
        guard run.status == 0, let object = value as? [String: Any] else {
            throw HarnessFailure("keys \(arguments.joined(separator: " ")): \(run.status) \(run.output)\(run.errors)")
        }
        return object
    }

    func status(_ key: String, _ path: String = "/invoke", of server: Int = 0) throws -> Int {
        try answer(key, path, of: server).status
    }

    func answer(_ key: String, _ path: String = "/invoke", of server: Int = 0) throws -> HTTPAnswer {
        try HTTPClient.once(port: ports[server], "GET", "/envoy\(path)", [("X-API-Key", key)])
    }

    /// Whether every replica answers with this status within so many seconds.
    func everyReplica(says status: Int, to key: String, within seconds: Double) throws -> Bool {
        let end = monotonicSeconds() + seconds
        return try ports.indices.allSatisfy { server in
            try eventually(within: max(0, end - monotonicSeconds())) { try self.status(key, of: server) == status }
        }
    }
}
