import Foundation

/// Six nodes on loopback: three masters, each with a replica, made and resharded by redis-cli as an operator does it.
final class EngineCluster {
    /// Milliseconds of silence after which a node counts as failed: what the engine's own recovery begins with.
    private static let nodeTimeoutMillis = 1_000

    private let scratch: ScratchFolder
    let nodes: [EngineServer]

    /// - Parameter lines: further lines of each node's configuration.
    init(_ tool: Tool = .redisServer, _ lines: [String] = []) throws {
        let scratch = try ScratchFolder()
        self.scratch = scratch
        nodes = try (0..<6).map { _ in
            // Not the default, port + 10,000: the system gives those to outgoing connections.
            let bus = "cluster-port \(try TCPListener.freePort())"
            let timeout = "cluster-node-timeout \(EngineCluster.nodeTimeoutMillis)"
            return try EngineServer(tool, ["cluster-enabled yes", bus, timeout] + lines, scratch: scratch)
        }
        try run(["--cluster", "create"] + nodes.map(\.address) + ["--cluster-replicas", "1", "--cluster-yes"])
        guard try eventually(within: 20, isWhole) else { throw HarnessFailure("the cluster did not form") }
    }

    /// The line of `redis:` that names two of the nodes: the others are found by asking these.
    var yaml: String { "cluster: {nodes: [\"\(nodes[0].address)\", \"\(nodes[5].address)\"]}" }

    /// Moves `slots` slots from one master to another, with their keys, while it is used.
    func reshard(_ slots: Int, from source: EngineServer, to target: EngineServer) throws {
        // redis-cli refuses while some node has not heard of the last change.
        let isAgreed = try eventually(within: 10) {
            let check = try Command("redis-cli", ["--cluster", "check", source.address], scratch: scratch)
            return check.output.contains("All nodes agree about slots configuration")
        }
        guard isAgreed else { throw HarnessFailure("the nodes do not agree about the slots") }
        try run([
            "--cluster", "reshard", source.address, "--cluster-from", try id(of: source), "--cluster-to",
            try id(of: target), "--cluster-slots", "\(slots)", "--cluster-yes",
        ])
    }

    /// The masters now, of those that answer.
    func masters() -> [EngineServer] {
        nodes.filter { node in
            guard let reply = try? node.command("ROLE") else { return false }
            return reply.list.first == .text("master")
        }
    }

    /// The replica of a master, before it is killed.
    func replica(of master: EngineServer) throws -> EngineServer {
        let found = nodes.first { node in
            guard let role = try? node.command("ROLE").list, role.count > 2 else { return false }
            return role[0] == .text("slave") && role[2] == .number(Int(master.port))
        }
        guard let found else { throw HarnessFailure("\(master.address) has no replica") }
        return found
    }

    func id(of node: EngineServer) throws -> String {
        guard let id = try node.command("CLUSTER", "MYID").text else { throw HarnessFailure("no cluster id") }
        return id
    }

    /// Everybody knows everybody and sees all slots served, and each replica has its master's data.
    private func isWhole() throws -> Bool {
        try nodes.allSatisfy { node in
            let info = try node.command("CLUSTER", "INFO")
            return info.field("cluster_state") == "ok" && info.field("cluster_known_nodes") == "6"
                && info.field("cluster_size") == "3"
        }
            && nodes.count { try $0.command("INFO", "replication").field("master_link_status") == "up" } == 3
    }

    private func run(_ arguments: [String]) throws {
        let run = try Command("redis-cli", arguments, scratch: scratch)
        guard run.status == 0 else { throw HarnessFailure("redis-cli \(arguments): \(run.output)\(run.errors)") }
    }
}
