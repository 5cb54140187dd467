import Bytes
public import Domain

// What is asked apart from checks: the model of `settle.lua`, `slots.lua` and `inspect.lua`.
extension MemoryStore {
    /// At `now`, in microseconds of the caller's clock.
    public func perform(_ operation: StoreOperation, under table: LimitTable, now: Int64) -> StoreAnswer {
        switch operation {
        case .release(let ticket):
            return count(ticket, under: table) { id, place, _ in
                slots.change(place) { $0.release(id, now: now) } ?? false
            }.map(StoreAnswer.released) ?? .unknownLimit
        case .renew(let ticket):
            return count(ticket, under: table) { id, place, limit in
                let expiry = now + table.slotLease(of: limit)
                return slots.change(place) { $0.renew(id, until: expiry, now: now) } ?? false
            }.map(StoreAnswer.renewed) ?? .unknownLimit
        case .settle(let ticket, let costs): return settle(ticket, costs: costs, under: table, now: now)
        case .inspect(let key):
            guard let limit = table.index(ofKey: key.limit) else { return .unknownLimit }
            return .inspected(inspect(key, limit: limit, under: table, now: now))
        case .reset(let key):
            let place = place(of: key)
            let held = slots.remove(place)?.isExpired(at: now) == false
            return .reset(self.table.forget(place, now: now) || held)
        }
    }

    /// How many of a ticket's slots `body` is true for; nil if one of its limits is not known.
    private func count(
        _ ticket: Ticket, under table: LimitTable, _ body: (Digest128, Digest128, Int) -> Bool
    ) -> Int? {
        var count = 0
        for key in ticket.holdings {
            guard let limit = table.index(ofKey: key.limit) else { return nil }
            if table.kinds[limit] == .slots, body(ticket.id, place(of: key), limit) { count += 1 }
        }
        return count
    }

    private func settle(_ ticket: Ticket, costs: [Int64?], under table: LimitTable, now: Int64) -> StoreAnswer {
        let limits = ticket.holdings.map { table.index(ofKey: $0.limit) }
        if limits.contains(nil) { return .unknownLimit }
        return .settled(
            zip(ticket.holdings.indices, limits).map { index, limit in
                guard let limit, table.limits[limit].settlement != nil, index < costs.count,
                    let cost = costs[index]
                else { return nil }
                return settle(ticket.holdings[index], ticket.id, cost, limit: limit, under: table, now: now)
            })
    }

    private func settle(
        _ key: BucketKey, _ id: Digest128, _ cost: Int64, limit: Int, under table: LimitTable, now: Int64
    ) -> Settlement {
        var item = Working()
        (item.id, item.kind) = (place(of: key), table.kinds[limit])
        let name = ReservationKey(bucket: item.id, id: id)
        let quota = table.quotas[limit]
        let cost = max(0, min(cost, quota.exactCost))
        guard var reservation = reservations[name] else { return .expired }
        if let answer = reservation.answer(at: cost, now: now) { return answer }
        read(&item, limit: limit, under: table, now: now)
        let before = item.state
        let outcome: Reservation.Outcome
        if item.kind == .calendar {
            outcome = Settling.calendar(
                reservation, cost: cost, of: &item.state.micros, start: item.since, quota: quota)
        } else {
            outcome = Settling.tokens(
                reservation, cost: cost, of: &item.state, full: item.since, quota: quota, now: now)
        }
        if item.state != before { store(item, quota: quota, now: now) }
        reservation.outcome = outcome
        _ = reservations.put(reservation, at: name, now: now)
        return .done(refund: outcome.refund, overdrawn: outcome.overdrawn)
    }

    private func inspect(_ key: BucketKey, limit: Int, under table: LimitTable, now: Int64) -> BucketState {
        var item = Working()
        (item.id, item.kind) = (place(of: key), table.kinds[limit])
        read(&item, limit: limit, under: table, now: now)
        if item.kind == .calendar { item.state = onOwnClock(item.state) }
        return BucketState(item.state, kind: item.kind, quota: table.quotas[limit], now: now)
    }
}

extension BucketState {
    /// - Parameter state: as in a `BucketReading`, of a bucket that could be read.
    public init(_ state: ArrivalTime, kind: BucketKind, quota: CompiledQuota, now: Int64) {
        let result = LimitResult(state, kind: kind, quota: quota, cost: 0, now: now)
        switch kind {
        case .tokens, .settled:
            let isFull = state <= ArrivalTime(micros: now, fraction: 0)
            let left = LimitResult.tokens(from: state, to: GCRA.limit(of: quota, now: now), quota: quota)
            self = isFull ? .absent : .tokens(remaining: left, resetMicros: result.resetMicros)
        case .calendar:
            self = state.micros == 0 ? .absent : .calendar(used: state.micros, resetMicros: result.resetMicros)
        case .slots:
            self = state.micros == 0 ? .absent : .slots(held: Int(state.micros), resetMicros: result.resetMicros)
        }
    }
}
