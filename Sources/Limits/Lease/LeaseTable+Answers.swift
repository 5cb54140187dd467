import Domain

// The store's answers, the passing of time, and other limits.
extension LeaseTable {
    /// The next ask that became due in this tick; nil where there is none.
    ///
    /// Until `closeTick` checks of the same bucket may still go to the store beside it.
    public mutating func nextAsk() -> LeaseAsk? {
        guard handed < due.count else { return nil }
        let place = find(due[handed])
        handed += 1
        if place < 0 { return nextAsk() }
        return LeaseAsk(key: leases[place].key, limit: leases[place].limit, want: leases[place].wanted)
    }

    /// The tick ends, and the asks that became due in it are out: checks that come now wait for their answers.
    public mutating func closeTick() {
        for key in due {
            let place = find(key)
            if place >= 0 { leases[place].asked() }
        }
        due.removeAll(keepingCapacity: true)
        handed = 0
    }

    /// An ask was answered, under the limits it was asked under. A grant for a limit that was changed since is dropped.
    public mutating func answered(
        _ ask: LeaseAsk, under asked: LimitTable, _ grant: LeaseGrant, sentAt: UInt64, at now: UInt64
    ) {
        let granted = max(0, grant.granted)
        let place = find(ask.key)
        tallies.asks &+= 1
        tallies.granted &+= UInt64(granted)
        if granted < ask.want { tallies.short &+= 1 }
        guard place >= 0, asked === table else {
            tallies.late &+= UInt64(granted)
            if place >= 0 { leases[place].failed(at: now) }
            return
        }
        let late = leases[place].granted(
            grant, quota: table.quotas[leases[place].limit], sentAt: sentAt, at: now, random: random())
        tallies.late &+= UInt64(max(0, late))
    }

    /// An ask was not sent, was refused, or nothing is known of it.
    public mutating func failed(_ ask: LeaseAsk, at now: UInt64) {
        tallies.failed &+= 1
        let place = find(ask.key)
        if place >= 0 { leases[place].failed(at: now) }
    }

    /// What the store decided of a check's dry charges.
    public mutating func learn(_ spend: Spend, sentAt: UInt64, at now: UInt64) {
        for position in 0..<spend.charges.count where spend.charges[position].leasedUntil == Charge.dry {
            let charge = spend.charges[position]
            let reading = spend.readings[position]
            let place = find(charge.key)
            guard place >= 0, reading.isReadable, table === spend.table else { continue }
            if reading.fits {
                leases[place].learn(reading.arrival, storeNow: spend.now, sentAt: sentAt)
            } else {
                leases[place].refused(
                    charge.cost, arrival: reading.arrival, storeNow: spend.now, quota: table.quotas[charge.limit],
                    sentAt: sentAt, at: now, random: random())
            }
        }
    }

    /// Looks at the next few leases: what was idle for a quarter of its life goes back as far as that earns anything,
    /// and leases that nobody needs leave.
    public mutating func sweep(at now: UInt64, into returns: inout ContiguousArray<LeaseReturn>) {
        for _ in 0..<min(LeaseTable.perSweep, leases.count) {
            let place = nextPlace()
            guard leases[place].isIdle(at: now, for: leases[place].lifetime / 4) else { continue }
            giveUp(place, at: now, all: false, into: &returns)
            if leases[place].isIdle(at: now, for: LeaseTable.forgetAfter), leases[place].held(at: now) == 0 {
                remove(place)
                if leases.isEmpty { return }
            }
        }
    }

    /// Takes another configuration's limits. Leases of limits that are the same stay; the others' tokens go back, under
    /// the old terms, and what they still have in flight comes too late (limits.md 21).
    public mutating func adopt(_ other: LimitTable, at now: UInt64, into returns: inout ContiguousArray<LeaseReturn>) {
        let old = table
        for place in leases.indices.reversed() {
            let limit = old.limits[leases[place].limit]
            let same = other.limits.firstIndex {
                $0.key == limit.key && $0.quota == limit.quota && $0.lease == limit.lease
            }
            if let same {
                leases[place].limit = same
            } else {
                giveUp(place, at: now, all: true, into: &returns)
                remove(place)
            }
        }
        table = other
    }

    /// Gives everything up that the store would still credit.
    public mutating func releaseAll(at now: UInt64, into returns: inout ContiguousArray<LeaseReturn>) {
        for place in leases.indices { giveUp(place, at: now, all: true, into: &returns) }
    }

    private mutating func giveUp(
        _ place: Int, at now: UInt64, all: Bool, into returns: inout ContiguousArray<LeaseReturn>
    ) {
        let before = returns.count
        leases[place].release(quota: table.quotas[leases[place].limit], at: now, all: all, into: &returns)
        for item in returns[before...] { tallies.returned &+= UInt64(item.tokens) }
    }
}
