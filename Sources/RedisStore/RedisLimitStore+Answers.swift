import Domain
import Limits

// What comes back from a node, to whoever asked.
extension RedisLimitStore {
    /// A call was decided: every check of it goes back to its owner.
    func answered(_ call: ScriptCall, by node: RedisNode, at now: UInt64) {
        grace.healthy(at: now)
        for index in 0..<call.spends.count {
            let spend = call.spends[index]
            countUnreadable(spend, node)
            switch spend.outcome {
            case .refused: denyCache.remember(spend, sentAt: call.sentAt)
            case .pending:
                // One bad bucket is not an outage: no grace.
                tallies.checksUnreadable &+= 1
                decide(spend, inGrace: false, at: now)
            case .admitted, .unavailable: break
            }
            resolve(spend, joined: call.joined[index], at: now)
        }
    }

    /// A check could not be decided: it was not sent, was refused whole, or its outcome is unknown.
    func failed(_ spend: Spend, joined: UInt64, at now: UInt64) {
        decideWithoutRedis(spend, at: now)
        resolve(spend, joined: joined, at: now)
    }

    private func resolve(_ spend: Spend, joined: UInt64, at now: UInt64) {
        tallies.waits.record(nanoseconds: now &- joined)
        spend.resolve()
    }

    private func countUnreadable(_ spend: Spend, _ node: RedisNode) {
        for index in 0..<spend.readings.count where !spend.readings[index].isReadable {
            if !spend.table.enforced[spend.charges[index].limit] { tallies.shadowUnreadable &+= 1 }
            if node.sawUnreadable { continue }
            node.sawUnreadable = true
            log(.unreadableBucket)
        }
    }

    // === How the nodes are

    func wentUp(_ node: RedisNode) {
        if health != .up {
            health = .up
            log(.up)
        }
        for warning in node.handshake.warnings where !warnings.contains(warning) { log(.warning(warning)) }
        warnings = node.handshake.warnings
    }

    /// - Parameter before: how the node was until now.
    func wentDown(_ node: RedisNode, _ reason: RedisFailure, before: StoreHealth) {
        health = node.health
        if case .down(_, reason) = before { return }
        log(.down(reason))
    }
}
