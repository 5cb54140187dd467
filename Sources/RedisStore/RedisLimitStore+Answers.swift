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
            if spend.table.hasLeases { leasing.table.learn(spend, sentAt: call.sentAt, at: now) }
            switch spend.outcome {
            case .refused:
                // Where checks over several slots were seen, any bucket may hold what another refusal takes back.
                denyCache.remember(spend, sentAt: call.sentAt, isProvisional: tallies.splitChecks > 0)
            case .pending:
                // One bad bucket is not an outage: no grace.
                tallies.checksUnreadable &+= 1
                if !isLeg(spend) { decide(spend, inGrace: false, at: now) }
            case .admitted, .unavailable: break
            }
            resolve(spend, joined: call.joined[index], at: now)
        }
        for index in 0..<call.asks.count {
            answered(call.asks[index], under: call.limitTable, call.grants[index], sentAt: call.sentAt, at: now)
        }
    }

    /// An ask was decided; without a grant, nothing is known of it, or there is none.
    ///
    /// - Parameter sentAt: when it was sent, on the loop's clock; 0 if it never was.
    func answered(
        _ ask: LeaseAsk, under table: LimitTable, _ grant: LeaseGrant?, sentAt: UInt64, at now: UInt64
    ) {
        leasing.answered(ask, under: table, grant, sentAt: sentAt, at: now)
    }

    /// A check could not be decided: it was not sent, was refused whole, or its outcome is unknown.
    func failed(_ spend: Spend, joined: UInt64, at now: UInt64) {
        if isLeg(spend) { spend.begin() } else { decideWithoutRedis(spend, at: now) }
        resolve(spend, joined: joined, at: now)
    }

    func resolve(_ spend: Spend, joined: UInt64, at now: UInt64) {
        if !isLeg(spend) { tallies.waits.record(nanoseconds: now &- joined) }
        spend.resolve()
    }

    /// Whether this is a part of a check over several slots, which is decided as a whole elsewhere.
    private func isLeg(_ spend: Spend) -> Bool { cluster?.isLeg(spend) ?? false }

    private func countUnreadable(_ spend: Spend, _ node: RedisNode) {
        for index in 0..<spend.readings.count where !spend.readings[index].isReadable {
            if !spend.table.enforced[spend.charges[index].limit] { tallies.shadowUnreadable &+= 1 }
            if node.sawUnreadable { continue }
            node.sawUnreadable = true
            log(.unreadableBucket)
        }
    }
}
