import Domain
import Limits

/// Folds what the store said into a decision: the last stage before the answer.
enum Verdict {
    /// Sets `check.decision` from its spend. Shadow limits were already left out of `outcome` by the store.
    static func fold(_ check: Check) {
        check.decision = decision(check.spend)
        check.report.fill(from: check.spend)
        if !check.spend.table.isPlain, check.spend.outcome == .admitted { check.ticket = ticket(check.spend) }
    }

    private static func decision(_ spend: Spend) -> Decision {
        switch spend.outcome {
        case .admitted: return .allow
        case .refused: return .deny(refusal(spend))
        case .unavailable(.open): return .allow
        case .unavailable(.defer): return .deny(.storeDeferred)
        // `pending` and `local` cannot reach here; if they did, the answer is still no.
        case .unavailable, .pending: return .deny(.storeClosed)
        }
    }

    /// What an admitted check holds: of a shadow limit that did not fit, and of a charge of nothing, it holds nothing.
    private static func ticket(_ spend: Spend) -> Ticket? {
        var holdings: [BucketKey] = []
        for index in spend.readings.indices {
            let (charge, reading) = (spend.charges[index], spend.readings[index])
            guard spend.table.held[charge.limit], charge.cost > 0, reading.fits, reading.isReadable else { continue }
            holdings.append(charge.key)
        }
        return holdings.isEmpty ? nil : Ticket(id: spend.ticketID, holdings: holdings)
    }

    private static func refusal(_ spend: Spend) -> DenyReason {
        for index in spend.readings.indices where !spend.readings[index].fits {
            if spend.table.limits[spend.charges[index].limit].kind == .proof { return .proofReplayed }
        }
        return neverFits(spend) ? .costNeverFits : .overLimit
    }

    /// Whether some enforced limit is smaller than the cost, so that waiting is no use (limits.md 15).
    private static func neverFits(_ spend: Spend) -> Bool {
        for charge in spend.charges
        where spend.table.enforced[charge.limit] && charge.cost > spend.table.quotas[charge.limit].quota.burst {
            return true
        }
        return false
    }
}
