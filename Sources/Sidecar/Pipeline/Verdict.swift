import Domain
import Limits

/// Folds what the store said into a decision: the last stage before the answer.
enum Verdict {
    /// Sets `check.decision` from its spend. Shadow limits were already left out of `outcome` by the store.
    static func fold(_ check: Check) {
        check.decision = decision(check.spend)
        check.report.fill(from: check.spend)
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
