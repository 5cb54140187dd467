import Domain
import Limits

/// A check that leases cover in part: what they do not is asked of the store in a spend of its own (limits.md 12), and
/// the two are put together again.
///
/// Used again for one check after another.
final class MixedCheck {
    private unowned let leasing: Leasing
    private(set) var whole: Spend?
    private(set) var rest: Spend?
    /// Itself, between `begin` and `conclude`: only its rest is known to whoever decides that.
    private var out: MixedCheck?

    init(_ leasing: Leasing) {
        self.leasing = leasing
        rest = Spend { [unowned self] _ in self.answered() }
    }

    /// The part of `spend` that the store must decide.
    func begin(_ spend: Spend) -> Spend? {
        guard let rest else { return nil }
        (whole, out) = (spend, self)
        rest.table = spend.table
        rest.ticketID = spend.ticketID
        rest.charges.removeAll(keepingCapacity: true)
        for charge in spend.charges where !charge.isReserved { rest.charges.append(charge) }
        rest.begin()
        return rest
    }

    /// The store decided the rest, or the failure mode did. Unless the check may pass, what leases gave goes back to
    /// them: it has not left this worker.
    ///
    /// - Returns: the whole check, decided.
    func conclude(at now: UInt64) -> Spend? {
        guard let whole, let rest else { return nil }
        (self.whole, out) = (nil, nil)
        whole.outcome = rest.outcome
        (whole.source, whole.now, whole.judgedBy) = (rest.source, rest.now, rest.judgedBy)
        // Before anything goes back: by what is reserved the readings find their charges.
        join(rest.readings, to: whole)
        switch rest.outcome {
        case .admitted, .unavailable(.open): break
        case .pending, .refused, .unavailable: leasing.table.giveBack(whole, at: now)
        }
        return whole
    }

    private func join(_ readings: ContiguousArray<BucketReading>, to whole: Spend) {
        if readings.isEmpty { return }
        var next = 0
        for charge in whole.charges {
            if charge.isReserved || next == readings.count {
                whole.readings.append(reading(of: charge, whole))
            } else {
                whole.readings.append(readings[next])
                next += 1
            }
        }
    }

    /// A lease's bucket on the clock of the other readings. By a local share's terms it cannot be told.
    private func reading(of charge: Charge, _ whole: Spend) -> BucketReading {
        whole.judgedBy === whole.table ? leasing.table.reading(of: charge, storeNow: whole.now) : .unread
    }

    private func answered() { leasing.finish(self) }
}
