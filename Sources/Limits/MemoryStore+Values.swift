import Bytes
import Domain

// How each kind of bucket is read from memory and written to it.
extension MemoryStore {
    /// Fills in what `item.id` holds under the limit's terms.
    func read(_ item: inout Working, limit: Int, under table: LimitTable, now: Int64) {
        if item.kind == .slots {
            let held = slots[item.id]
            item.state = held?.reading(at: now) ?? ArrivalTime(micros: 0, fraction: 0)
            return
        }
        item.entry = self.table.find(item.id)
        let stored = item.entry >= 0 ? self.table[item.entry] : nil
        if item.kind == .calendar {
            let windows = windows(of: limit, under: table, now: now)
            (item.state, item.since) = MemoryStore.window(stored, windows, quota: table.quotas[limit])
        } else {
            (item.state, item.since) = MemoryStore.bucket(stored, quota: table.quotas[limit], now: now)
        }
    }

    /// A token bucket and when it was last full. What a calendar left there is no bucket: the limit changed its kind.
    private static func bucket(
        _ stored: BucketTable.Value?, quota: CompiledQuota, now: Int64
    ) -> (ArrivalTime, Int64) {
        let full = ArrivalTime(micros: now, fraction: 0)
        guard let stored, stored.tokens > 0 else { return (full, now) }
        let arrival = GCRA.load(
            stored.arrival, storedTokens: stored.tokens, storedPeriod: stored.period, quota: quota, now: now)
        // Where nobody kept it, the latest it can have been: then nothing that was reserved before comes back.
        return (arrival, arrival == full || stored.since == 0 ? now : stored.since)
    }

    /// What is used, when the window ends and when it began. The start never moves back (limits.md 27).
    private static func window(
        _ stored: BucketTable.Value?, _ windows: (current: CalendarWindow, next: CalendarWindow), quota: CompiledQuota
    ) -> (ArrivalTime, Int64) {
        let (start, end) = (windows.current.start, windows.current.end)
        guard let stored, stored.tokens == BucketTable.calendarMark, stored.since >= start else {
            return (ArrivalTime(micros: 0, fraction: end), start)
        }
        let used = min(stored.arrival.fraction, quota.quota.burst + quota.debtMax)
        return (ArrivalTime(micros: used, fraction: stored.since < end ? end : windows.next.end), stored.since)
    }

    /// A slot for this check, one however often it is charged.
    func takeSlot(_ index: Int, of spend: Spend, now: Int64) -> (ArrivalTime, Bool) {
        let (owner, charge) = (working[index].owner, spend.charges[index])
        let before = working[owner].state
        if charge.cost == 0 || working[owner].hasSlot { return (before, true) }
        guard before.micros < spend.table.quotas[charge.limit].quota.burst else { return (before, false) }
        // Without an id nobody could give it back: a check that only asks.
        if spend.ticketID.isZero { return (before, true) }
        guard slots.hasRoom(for: working[owner].id, spare: Spend.chargesMax, now: now) else { return (before, false) }
        working[owner].hasSlot = true
        let expiry = now + spend.table.slotLease(of: charge.limit)
        let first = before.micros == 0 ? expiry : min(before.fraction, expiry)
        return (ArrivalTime(micros: before.micros + 1, fraction: first), true)
    }

    /// Phase 2. An insertion may drop another bucket, even of this check, so places are looked at again.
    func write(_ index: Int, of spend: Spend, now: Int64) {
        let (item, limit) = (working[index], spend.charges[index].limit)
        if spend.table.held[limit], !spend.ticketID.isZero, item.isTaken { record(index, of: spend, now: now) }
        guard item.isChanged else { return }
        if item.kind == .slots {
            guard item.hasSlot else { return }
            hold(spend.ticketID, at: item.id, until: now + spend.table.slotLease(of: limit), now: now)
        } else {
            store(item, quota: spend.table.quotas[limit], now: now)
        }
    }

    /// Writes a token bucket or a calendar's count.
    func store(_ item: Working, quota: CompiledQuota, now: Int64) {
        var value = BucketTable.Value(
            arrival: item.state, tokens: quota.quota.tokens, period: quota.quota.period,
            since: item.kind == .tokens ? 0 : item.since)
        if item.kind == .calendar {
            value.tokens = BucketTable.calendarMark
            value.arrival = ArrivalTime(micros: onOwnClock(item.state).fraction, fraction: item.state.micros)
        }
        table.put(value, at: item.id, known: item.entry, now: now)
    }

    /// Records a reservation; two charges of one check to one bucket are one.
    private func record(_ index: Int, of spend: Spend, now: Int64) {
        let (item, charge) = (working[index], spend.charges[index])
        guard item.kind != .slots, let terms = spend.table.limits[charge.limit].settlement else { return }
        let key = ReservationKey(bucket: item.id, id: spend.ticketID)
        let isSecond = item.owner != index
        let before = isSecond ? reservations[key]?.estimate ?? 0 : 0
        let since = item.kind == .calendar ? working[item.owner].since : now
        // Without room it stands as it is, as if it had expired.
        _ = reservations.put(
            Reservation(
                since: since, estimate: before + GCRA.bounded(charge.cost, quota: spend.table.quotas[charge.limit]),
                expires: now + terms.expiresMicros, outcome: nil),
            at: key, now: now)
    }

    private func hold(_ id: Digest128, at place: Digest128, until expiry: Int64, now: Int64) {
        let isHeld: Void? = slots.change(place) { set in
            set.trim(at: now)
            set.hold(id, until: expiry)
        }
        if isHeld != nil { return }
        var set = SlotSet()
        set.hold(id, until: expiry)
        // `takeSlot` saw that there is room.
        _ = slots.put(set, at: place, now: now)
    }
}

extension LimitTable {
    /// How long a slot of limit `index` is held, in microseconds.
    func slotLease(of index: Int) -> Int64 {
        if case .slots(let terms) = limits[index].counting { terms.leaseMicros } else { 0 }
    }
}

extension Digest128 {
    /// No ticket has this id.
    var isZero: Bool { high == 0 && low == 0 }
}
