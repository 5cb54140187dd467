import Domain
import Limits
import NIOCore

/// A check whose buckets lie in several slots of a cluster: one call after another, narrowest bucket first, because
/// that is the one most likely to refuse and the cheapest to have asked. Refused further on, what was spent goes back
/// once (limits.md 13); what the outcome of is unknown counts as spent.
///
/// Used again for one check after another.
final class SplitCheck {
    private let cluster: Cluster
    private var whole: Spend?
    private var joined: UInt64 = 0
    /// The part that is out.
    private(set) var leg: Spend?
    /// Indices of the whole's charges, in the order they are asked.
    private var order: ContiguousArray<Int> = []
    /// For each of `order` that was answered: its reading, and the clock of the node that gave it.
    private var answers: ContiguousArray<(reading: BucketReading, now: Int64)> = []

    init(_ cluster: Cluster) {
        self.cluster = cluster
        leg = Spend { [unowned self] _ in self.legAnswered() }
    }

    /// Asks the first node. False: not now, and nothing was kept.
    func begin(_ spend: Spend, joined: UInt64) -> Bool {
        (whole, self.joined) = (spend, joined)
        answers.removeAll(keepingCapacity: true)
        order.removeAll(keepingCapacity: true)
        order.append(contentsOf: 0..<spend.charges.count)
        order.sort { SplitCheck.width(of: $0, in: spend) < SplitCheck.width(of: $1, in: spend) }
        gather(spend)
        if sendNext(spend) { return true }
        whole = nil
        return false
    }

    /// Moves the charges of one slot together, at the place of its narrowest.
    private func gather(_ spend: Spend) {
        var start = 0
        while start < order.count {
            let slot = self.slot(order[start], spend)
            var end = start + 1
            for index in end..<order.count where self.slot(order[index], spend) == slot {
                order.insert(order.remove(at: index), at: end)
                end += 1
            }
            start = end
        }
    }

    private func slot(_ charge: Int, _ spend: Spend) -> Int { HashSlot.of(spend.charges[charge].key.owner) }

    /// How many share the bucket, roughly; a shadow limit cannot refuse, and is asked last.
    private static func width(of charge: Int, in spend: Spend) -> Int {
        let limit = spend.charges[charge].limit
        let width =
            switch spend.table.limits[limit].kind {
            case .proof: 0
            case .key: 1
            case .subject: 2
            case .address: 3
            case .role: 4
            case .tenant: 5
            case .route: 6
            case .global: 7
            }
        return spend.table.enforced[limit] ? width : width + 8
    }

    /// Sends the charges of the next slot.
    private func sendNext(_ spend: Spend) -> Bool {
        guard let leg else { return false }
        let slot = self.slot(order[answers.count], spend)
        leg.table = spend.table
        leg.ticketID = spend.ticketID
        leg.charges.removeAll(keepingCapacity: true)
        for index in order[answers.count...] {
            if self.slot(index, spend) != slot { break }
            leg.charges.append(spend.charges[index])
        }
        return cluster.take(WaitingQueue.Entry(spend: leg, joined: joined, slot: UInt16(slot)))
    }

    private func legAnswered() {
        guard let whole, let leg else { return }
        for reading in leg.readings { answers.append((reading, leg.now)) }
        switch leg.outcome {
        case .admitted where answers.count < order.count:
            if !sendNext(whole) {
                leg.begin()
                undecided(whole)
            }
        case .admitted, .refused: decided(whole, leg)
        case .pending, .unavailable: undecided(whole)
        }
    }

    private func decided(_ whole: Spend, _ leg: Spend) {
        whole.begin()
        whole.source = .redis
        whole.outcome = leg.outcome
        whole.now = leg.now
        for _ in whole.charges { whole.readings.append(.unread) }
        for index in 0..<answers.count {
            let kind = whole.table.limits[whole.charges[order[index]].limit].counting
            let ahead = leg.now - answers[index].now
            whole.readings[order[index]] = SplitCheck.moved(answers[index].reading, kind, by: ahead)
        }
        if leg.outcome == .refused { refund(whole, answers.count - leg.readings.count) }
        conclude(whole)
    }

    /// Another node's time on this one's clock: the answer has one `now`.
    private static func moved(_ reading: BucketReading, _ kind: Counting, by micros: Int64) -> BucketReading {
        var reading = reading
        if kind.isTokens { reading.arrival.micros += micros } else { reading.arrival.fraction += micros }
        return reading
    }

    private func undecided(_ whole: Spend) {
        let store = cluster.store
        // A leg with readings and no decision met a bucket it could not read, and spent nothing.
        let spent = answers.count - (leg?.readings.count ?? 0)
        store.decideWithoutRedis(whole, at: store.eventLoop.now.uptimeNanoseconds)
        switch whole.outcome {
        case .admitted, .unavailable(.open): break
        case .pending, .refused, .unavailable: refund(whole, spent)
        }
        conclude(whole)
    }

    /// Brings back what the first `count` of `order` spent, less what flowed in since.
    private func refund(_ whole: Spend, _ count: Int) {
        for index in 0..<count where answers[index].reading.fits && whole.charges[order[index]].cost > 0 {
            cluster.store.refund(whole, charge: order[index], spentAt: answers[index].now)
        }
    }

    private func conclude(_ whole: Spend) {
        self.whole = nil
        let store = cluster.store
        cluster.splits.finished(self)
        store.resolve(whole, joined: joined, at: store.eventLoop.now.uptimeNanoseconds)
    }
}

/// The checks over several slots that are out, and those that can be used again.
struct SplitChecks {
    /// As many as may wait for a node.
    static let capacity = 4_096

    private var idle: ContiguousArray<SplitCheck> = []
    private var active: [ObjectIdentifier: SplitCheck] = [:]

    func isLeg(_ spend: Spend) -> Bool { !active.isEmpty && active[ObjectIdentifier(spend)] != nil }

    /// One more; nil: too many are out.
    mutating func next(_ cluster: Cluster) -> SplitCheck? {
        guard active.count < SplitChecks.capacity else { return nil }
        let check = idle.popLast() ?? SplitCheck(cluster)
        if let leg = check.leg { active[ObjectIdentifier(leg)] = check }
        return check
    }

    mutating func finished(_ check: SplitCheck) {
        if let leg = check.leg { active[ObjectIdentifier(leg)] = nil }
        idle.append(check)
    }
}

extension Cluster {
    func isLeg(_ spend: Spend) -> Bool { splits.isLeg(spend) }

    /// Takes a check over several slots. False: not now.
    func split(_ spend: Spend, joined: UInt64) -> Bool {
        guard let check = splits.next(self) else {
            store.tallies.queueFull &+= 1
            return false
        }
        store.tallies.splitChecks &+= 1
        if check.begin(spend, joined: joined) { return true }
        splits.finished(check)
        return false
    }
}
