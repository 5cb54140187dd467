import Bytes
import Domain

/// Which check's reservation in which bucket.
struct ReservationKey: Hashable {
    var bucket: Digest128
    var id: Digest128
}

/// What a check reserved in one bucket, and what came of it (limits.md 29).
struct Reservation: Expiring {
    struct Outcome {
        var cost: Int64
        var refund: Int64
        var overdrawn: Int64
    }

    /// Of a token bucket: when it was made. Of a calendar quota: when its window began.
    var since: Int64
    var estimate: Int64
    var expires: Int64
    var outcome: Outcome?

    func isExpired(at now: Int64) -> Bool { expires <= now }

    /// What settling at `cost` comes to without touching the bucket: it was done before, or is too late. Else nil.
    func answer(at cost: Int64, now: Int64) -> Settlement? {
        if isExpired(at: now) { return .expired }
        guard let outcome else { return nil }
        if outcome.cost != cost { return .conflict }
        return .done(refund: outcome.refund, overdrawn: outcome.overdrawn)
    }
}

/// The true cost of a reservation, taken to its bucket: what is too much comes back, what was too little is charged.
enum Settling {
    /// - Parameter full: when the bucket was last full. If that was after the reservation, its tokens flowed in
    ///   already, and giving them back would spend them twice.
    static func tokens(
        _ reservation: Reservation, cost: Int64, of arrival: inout ArrivalTime, full: Int64, quota: CompiledQuota,
        now: Int64
    ) -> Reservation.Outcome {
        let before = arrival
        if cost > reservation.estimate {
            let more = cost - reservation.estimate
            let ceiling = GCRA.ceiling(of: quota, now: now)
            var charged = max(0, min(more, GCRA.tokens(from: before, to: ceiling, quota: quota)))
            arrival = GCRA.advance(before, by: charged, quota: quota)
            if arrival > ceiling, charged > 0 {
                charged -= 1
                arrival = GCRA.advance(before, by: charged, quota: quota)
            }
            return Reservation.Outcome(cost: cost, refund: -charged, overdrawn: more - charged)
        }
        var refund = full > reservation.since ? 0 : reservation.estimate - cost
        let back = GCRA.advance(ArrivalTime(micros: 0, fraction: 0), by: refund, quota: quota)
        arrival = GCRA.move(before, back: back, quota: quota)
        let start = ArrivalTime(micros: now, fraction: 0)
        if arrival < start {
            refund = min(refund, GCRA.tokens(from: start, to: before, quota: quota))
            arrival = start
        }
        return Reservation.Outcome(cost: cost, refund: refund, overdrawn: 0)
    }

    /// - Parameter start: when the window that `used` counts began: a refund is for its own window only
    ///   (limits.md 27).
    static func calendar(
        _ reservation: Reservation, cost: Int64, of used: inout Int64, start: Int64, quota: CompiledQuota
    ) -> Reservation.Outcome {
        if cost > reservation.estimate {
            let more = cost - reservation.estimate
            let charged = max(0, min(more, quota.quota.burst + quota.debtMax - used))
            used += charged
            return Reservation.Outcome(cost: cost, refund: -charged, overdrawn: more - charged)
        }
        let refund = start == reservation.since ? min(used, reservation.estimate - cost) : 0
        used -= refund
        return Reservation.Outcome(cost: cost, refund: refund, overdrawn: 0)
    }
}
