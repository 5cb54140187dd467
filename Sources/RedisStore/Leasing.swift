import Domain
import Limits
import NIOCore

/// One worker's leases at work: which checks they answer, what is asked of Redis ahead of demand, who waits for it, and
/// what goes back (limits.md 12, 17-22). The leases themselves are `LeaseTable`'s.
final class Leasing {
    /// Between two looks at what has become idle.
    static let sweepNanoseconds: UInt64 = 10_000_000

    private unowned let store: RedisLimitStore
    var table: LeaseTable
    /// The limits of the configuration before: a check that began under them is served exact.
    private var former = LimitTable.empty
    private var parked = ParkedChecks()
    private var idle: ContiguousArray<MixedCheck> = []
    private var returns: ContiguousArray<LeaseReturn> = []
    private var tickIsOpen = false
    private var sweeping: Scheduled<Void>?
    /// Rings when the check that is parked longest must be answered.
    private var alarm: (due: UInt64, task: Scheduled<Void>)?
    private var isClosed = false

    init(store: RedisLimitStore, seed: UInt64) {
        self.store = store
        table = LeaseTable(seed: seed)
    }

    var parkedCount: Int { parked.count }

    /// Decides a check of a table with leases, or hands it on. True: it is resolved.
    ///
    /// - Parameters:
    ///   - joined: when it came in.
    ///   - again: it was parked and its bucket's ask was answered. It may still be sent, while half of its deadline is
    ///     left to the call that carries it.
    func spend(_ spend: Spend, joined: UInt64, at now: UInt64, again: Bool = false) -> Bool {
        guard !isClosed, use(spend.table, at: now) else { return store.askUnlessDenied(spend, joined: joined, at: now) }
        let reservation = table.reserve(spend, at: now, again: again)
        defer { sendAsks(at: now) }
        switch reservation {
        case .admitted, .refused: return true
        case .parked(let key):
            if mayWait(joined, at: now, again: again), parked.append(spend, joined: joined, for: key) {
                armAlarm(for: joined)
                return false
            }
            if !again { store.tallies.queueFull &+= 1 }
            store.decide(spend, inGrace: false, at: now)
            return true
        case .undecided where mayWait(joined, at: now, again: again):
            return ask(spend, joined: joined, at: now)
        case .undecided:
            table.giveBack(spend, at: now)
            store.decide(spend, inGrace: false, at: now)
            return true
        }
    }

    private func mayWait(_ joined: UInt64, at now: UInt64, again: Bool) -> Bool {
        !again || now < joined + deadline / 2
    }

    /// Asks the store for what the leases do not cover.
    private func ask(_ spend: Spend, joined: UInt64, at now: UInt64) -> Bool {
        if !spend.charges.contains(where: \.isReserved) {
            return store.askUnlessDenied(spend, joined: joined, at: now)
        }
        let mixed = idle.popLast() ?? MixedCheck(self)
        guard let rest = mixed.begin(spend), store.askUnlessDenied(rest, joined: joined, at: now) else { return false }
        _ = mixed.conclude(at: now)
        idle.append(mixed)
        return true
    }

    /// The rest of a check was decided.
    func finish(_ mixed: MixedCheck) {
        let whole = mixed.conclude(at: store.eventLoop.now.uptimeNanoseconds)
        idle.append(mixed)
        whole?.resolve()
    }

    /// Makes `limits` those of the leases. False: they are a configuration's that has gone.
    private func use(_ limits: LimitTable, at now: UInt64) -> Bool {
        if table.table === limits { return true }
        if former === limits { return false }
        former = table.table
        returns.removeAll(keepingCapacity: true)
        table.adopt(limits, at: now, into: &returns)
        sendReturns(under: former)
        return true
    }

    // === Asks

    /// Hands the asks that became due to the nodes, which send them with the checks of this tick.
    private func sendAsks(at now: UInt64) {
        while let ask = table.nextAsk() {
            openTick()
            if !store.send(ask, under: table.table) {
                table.failed(ask, at: now)
                wake(ask.key, at: now)
            }
        }
        if sweeping == nil, !table.isEmpty { scheduleSweep() }
    }

    /// Until this tick ends, checks of the same bucket go beside the ask; then they wait for its answer.
    private func openTick() {
        if tickIsOpen { return }
        tickIsOpen = true
        let bound = NIOLoopBound(store, eventLoop: store.eventLoop)
        store.eventLoop.execute { bound.value.leasing.closeTick() }
    }

    private func closeTick() {
        tickIsOpen = false
        table.closeTick()
    }

    /// - Parameter grant: nil: it was not sent, was refused, or nothing is known of it.
    func answered(_ ask: LeaseAsk, under limits: LimitTable, _ grant: LeaseGrant?, sentAt: UInt64, at now: UInt64) {
        if let grant {
            table.answered(ask, under: limits, grant, sentAt: sentAt, at: now)
        } else {
            table.failed(ask, at: now)
        }
        wake(ask.key, at: now)
    }

    /// Tries the checks again that waited for a bucket. What they cannot have at once goes to the store, together.
    private func wake(_ key: BucketKey, at now: UInt64) {
        for _ in 0..<parked.count(for: key) {
            guard let (spend, joined) = parked.removeFirst(for: key) else { return }
            spend.begin()
            if self.spend(spend, joined: joined, at: now, again: true) {
                store.resolve(spend, joined: joined, at: now)
            }
        }
    }

    // === Deadlines

    private var deadline: UInt64 { UInt64(max(1, store.settings.deadlineMillis)) * 1_000_000 }

    /// A parked check has a deadline of its own: the ask it waits for may have been sent long after it came in, if
    /// it was parked before, or the ask waited for company.
    private func armAlarm(for joined: UInt64) {
        let due = joined + deadline
        if let alarm {
            if alarm.due <= due { return }
            alarm.task.cancel()
        }
        let bound = NIOLoopBound(store, eventLoop: store.eventLoop)
        let task = store.eventLoop.scheduleTask(deadline: .uptimeNanoseconds(due)) { bound.value.leasing.ring() }
        alarm = (due, task)
    }

    private func ring() {
        alarm = nil
        if isClosed { return }
        let now = store.eventLoop.now.uptimeNanoseconds
        for (spend, joined) in parked.removeJoined(until: now - deadline) {
            store.failed(spend, joined: joined, at: now)
        }
        if let oldest = parked.oldest { armAlarm(for: oldest) }
    }

    // === Returns

    private func scheduleSweep() {
        let bound = NIOLoopBound(store, eventLoop: store.eventLoop)
        sweeping = store.eventLoop.scheduleTask(in: .nanoseconds(Int64(Leasing.sweepNanoseconds))) {
            bound.value.leasing.sweep()
        }
    }

    private func sweep() {
        sweeping = nil
        if isClosed { return }
        returns.removeAll(keepingCapacity: true)
        table.sweep(at: store.eventLoop.now.uptimeNanoseconds, into: &returns)
        sendReturns(under: table.table)
        if !table.isEmpty { scheduleSweep() }
    }

    private func sendReturns(under limits: LimitTable) {
        for item in returns { store.send(item, under: limits) }
    }

    /// Gives everything back, and answers those who wait by the failure mode.
    ///
    /// - Returns: whether anything is on its way back.
    func close(at now: UInt64) -> Bool {
        if isClosed { return false }
        isClosed = true
        sweeping?.cancel()
        alarm?.task.cancel()
        returns.removeAll(keepingCapacity: true)
        table.releaseAll(at: now, into: &returns)
        sendReturns(under: table.table)
        while let key = parked.anyKey, let (spend, joined) = parked.removeFirst(for: key) {
            store.failed(spend, joined: joined, at: now)
        }
        return !returns.isEmpty
    }
}
