// How the nodes are, as one state: each change is told once.
extension RedisLimitStore {
    func wentUp(_ node: RedisNode) {
        if let cluster { return judge(cluster) }
        become(.up, warnings: node.handshake.warnings)
    }

    func wentDown(_ node: RedisNode) {
        if let cluster {
            cluster.look()
            return judge(cluster)
        }
        become(node.health, warnings: warnings)
    }

    /// A cluster is up while any of its nodes can be asked: the others' checks are decided by the failure mode, and
    /// refusing all of them would help nobody.
    func judge(_ cluster: Cluster) {
        let ready = cluster.nodes.filter { $0.phase == .ready }
        var worst = StoreHealth.connecting
        for node in cluster.nodes { if case .down = node.health { worst = node.health } }
        var found = Set(ready.flatMap(\.handshake.warnings))
        if !ready.isEmpty, !cluster.isWhole { found.insert(.partlyDown) }
        become(ready.isEmpty ? worst : .up, warnings: RedisWarning.allCases.filter(found.contains))
    }

    private func become(_ new: StoreHealth, warnings found: [RedisWarning]) {
        let old = health
        health = new
        switch (old, new) {
        case (.up, .up), (_, .connecting): break
        case (_, .up): log(.up)
        case (.down(let since, let last), .down(_, let reason)):
            health = .down(since: since, reason: reason)
            if last != reason { log(.down(reason)) }
        case (_, .down(_, let reason)): log(.down(reason))
        }
        let before = warnings
        warnings = found
        for warning in found where !before.contains(warning) { log(.warning(warning)) }
        if before.contains(.partlyDown), !found.contains(.partlyDown), new == .up { log(.whole) }
    }
}
