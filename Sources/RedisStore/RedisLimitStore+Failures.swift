import Domain
import Limits

// The failure ladder (limits.md 25): what a check is told while Redis cannot decide it.
extension RedisLimitStore {
    /// An outage may begin with a grace, which is one clock for all checks.
    func decideWithoutRedis(_ spend: Spend, at now: UInt64) {
        decide(spend, inGrace: grace.covers(failureAt: now), at: now)
    }

    func decide(_ spend: Spend, inGrace: Bool, at now: UInt64) {
        spend.begin()
        spend.source = .local
        switch inGrace ? .open : mode(of: spend) {
        case .local: return decideLocally(spend, at: now)
        case .open: conclude(spend, .open, \.decidedOpen)
        case .closed: conclude(spend, .closed, \.decidedClosed)
        case .defer: conclude(spend, .defer, \.decidedDefer)
        }
    }

    private func conclude(_ spend: Spend, _ mode: FailureMode, _ count: WritableKeyPath<RedisCounters, UInt64>) {
        tallies[keyPath: count] &+= 1
        spend.outcome = .unavailable(mode)
    }

    /// The strictest of the check's enforced limits: `closed`, then `defer`, then `local` where any limit is kept
    /// that way, else `open`. Shadow limits never refuse, so a check of shadows alone passes.
    private func mode(of spend: Spend) -> FailureMode {
        var mode = FailureMode.open
        for charge in spend.charges where spend.table.enforced[charge.limit] {
            switch self.mode(of: charge, spend.table) {
            case .closed: return .closed
            case .defer: mode = .defer
            case .local: if mode == .open { mode = .local }
            case .open: break
            }
        }
        return mode
    }

    private func mode(of charge: Charge, _ table: LimitTable) -> FailureMode {
        table.limits[charge.limit].onFailure ?? settings.failureMode
    }

    /// This worker's share of every limit.
    func localTable(of table: LimitTable) -> LimitTable {
        if let share, share.of === table { return share.table }
        let divided = LocalShare.table(of: table, parts: settings.shares)
        share = (table, divided)
        return divided
    }

    /// Spends the charges of `local` limits, shadow ones too, from this worker's share; `open` ones are left out, and
    /// their readings unread.
    private func decideLocally(_ spend: Spend, at now: UInt64) {
        tallies.decidedLocal &+= 1
        let table = spend.table
        let part = localPart
        part.table = localTable(of: table)
        part.ticketID = spend.ticketID
        part.charges.removeAll(keepingCapacity: true)
        for charge in spend.charges where mode(of: charge, table) == .local { part.charges.append(charge) }
        _ = local.spend(part, at: now)
        var next = 0
        for charge in spend.charges {
            let isKept = mode(of: charge, table) == .local
            spend.readings.append(isKept ? part.readings[next] : .unread)
            if isKept { next += 1 }
        }
        (spend.outcome, spend.now, spend.judgedBy) = (part.outcome, part.now, part.table)
    }
}
