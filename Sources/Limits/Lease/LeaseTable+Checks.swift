public import Domain

// One check and the leases it meets.
extension LeaseTable {
    /// What the leases say to a check.
    public enum Reservation: Equatable, Sendable {
        /// All of it is spent from leases: it is admitted.
        case admitted
        /// One of its buckets is known to be empty: it is refused.
        case refused
        /// It is to be tried again when this bucket's ask was answered.
        case parked(BucketKey)
        /// The store must decide what is not marked as leased.
        case undecided
    }

    /// Takes what a check needs from the leases, all or nothing (limits.md 12a), and marks its charges: `leasedUntil`.
    ///
    /// - Precondition: `adopt(spend.table)` was called for this table.
    public mutating func reserve(_ spend: Spend, at now: UInt64, again: Bool = false) -> Reservation {
        var isCovered = true
        for position in 0..<spend.charges.count {
            let charge = spend.charges[position]
            spend.charges[position].leasedUntil = Charge.notLeased
            guard table.leased[charge.limit] else {
                isCovered = false
                continue
            }
            switch take(charge, at: now, again: again) {
            case .spend(let until): spend.charges[position].leasedUntil = until
            case nil: isCovered = false
            case .exact:
                spend.charges[position].leasedUntil = Charge.dry
                isCovered = false
            case .park where !table.enforced[charge.limit], .refuse where !table.enforced[charge.limit]:
                // A shadow never keeps a check waiting: the store is asked as if it were exact.
                spend.charges[position].leasedUntil = Charge.dry
                isCovered = false
            case .park:
                giveBack(spend, before: position, at: now)
                tallies.parked &+= 1
                return .parked(charge.key)
            case .refuse:
                refuse(spend, at: position, now: now)
                return .refused
            }
        }
        if isCovered { admit(spend, at: now) }
        return isCovered ? .admitted : .undecided
    }

    private mutating func take(_ charge: Charge, at now: UInt64, again: Bool) -> Lease.Answer? {
        let place = place(of: charge)
        if place < 0 { return nil }
        let before = leases[place].asking
        let answer = leases[place].take(charge.cost, at: now, again: again)
        if before == .idle, leases[place].asking == .due { due.append(charge.key) }
        return answer
    }

    /// Gives back what a check that will not be admitted took of its leases.
    public mutating func giveBack(_ spend: Spend, before end: Int? = nil, at now: UInt64) {
        for position in 0..<(end ?? spend.charges.count) where spend.charges[position].isReserved {
            let charge = spend.charges[position]
            spend.charges[position].leasedUntil = Charge.notLeased
            let place = find(charge.key)
            // A lease that left since was of other terms.
            if place >= 0 { leases[place].giveBack(charge.cost, until: charge.leasedUntil, at: now) }
        }
    }

    private mutating func admit(_ spend: Spend, at now: UInt64) {
        tallies.admitted &+= 1
        spend.outcome = .admitted
        spend.source = .lease
        spend.now = storeTime(for: spend, at: now)
        for charge in spend.charges { spend.readings.append(reading(of: charge, storeNow: spend.now)) }
    }

    private mutating func refuse(_ spend: Spend, at refused: Int, now: UInt64) {
        giveBack(spend, before: refused, at: now)
        tallies.refused &+= 1
        spend.outcome = .refused
        spend.source = .lease
        let charge = spend.charges[refused]
        let lease = leases[find(charge.key)]
        spend.now = lease.storeTime(at: now)
        for position in 0..<spend.charges.count {
            let isCause = position == refused
            spend.readings.append(
                isCause ? lease.refusal(of: charge.cost, table.quotas[charge.limit], at: spend.now) : .unread)
        }
    }

    /// How a bucket that a charge was spent from here stands, told on another bucket's clock.
    public func reading(of charge: Charge, storeNow: Int64) -> BucketReading {
        let place = find(charge.key)
        if place < 0 { return .unread }
        return leases[place].reading(table.quotas[charge.limit], at: storeNow)
    }

    /// The latest of what the leases know of the store's clock.
    private func storeTime(for spend: Spend, at now: UInt64) -> Int64 {
        var latest: Int64 = 0
        for charge in spend.charges {
            let place = find(charge.key)
            if place >= 0 { latest = max(latest, leases[place].storeTime(at: now)) }
        }
        return latest
    }

}
