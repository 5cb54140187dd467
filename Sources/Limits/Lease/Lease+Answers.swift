public import Domain

// What the store says, and what is done when it says nothing.
extension Lease {
    /// The ask has left, and checks that come now wait for its answer.
    mutating func asked() {
        if asking == .due { asking = .out }
    }

    /// The ask was answered.
    ///
    /// - Parameters:
    ///   - sentAt: when the call that carried it was sent: the lease's life counts from there (limits.md 17).
    ///   - random: any 64 bits, so that workers which fell short together do not ask together.
    /// - Returns: tokens that came too late to be spent.
    public mutating func granted(
        _ grant: LeaseGrant, quota: CompiledQuota, sentAt: UInt64, at now: UInt64, random: UInt64
    ) -> Int64 {
        guard asking != .idle else { return grant.granted }
        asking = .idle
        guard grant.isReadable else {
            fallShort(at: now)
            return 0
        }
        learn(grant.arrival, storeNow: grant.now, sentAt: sentAt)
        let late = add(grant, expires: sentAt + lifetime, at: now)
        refillAt = wanted / 2
        if grant.granted < wanted { fallShort(at: now) }
        if !Lease.fits(1, grant.arrival, quota, grant.now) { pause(1, quota, sentAt: sentAt, at: now, random: random) }
        return late
    }

    /// The store refused a charge of this bucket.
    public mutating func refused(
        _ cost: Int64, arrival: ArrivalTime, storeNow: Int64, quota: CompiledQuota, sentAt: UInt64, at now: UInt64,
        random: UInt64
    ) {
        learn(arrival, storeNow: storeNow, sentAt: sentAt)
        fallShort(at: now)
        pause(cost, quota, sentAt: sentAt, at: now, random: random)
    }

    /// The ask was not sent, was refused, or its outcome is unknown. What it took, if anything, refills in the store.
    public mutating func failed(at now: UInt64) {
        if asking == .idle { return }
        asking = .idle
        fallShort(at: now)
    }

    /// The store decided a charge of this bucket, or an ask.
    public mutating func learn(_ arrival: ArrivalTime, storeNow: Int64, sentAt: UInt64) {
        if sentAt < knownAt { return }
        (known, knownNow, knownAt) = (arrival, storeNow, max(1, sentAt))
    }

    /// Whether nothing was asked of this bucket for `quiet` nanoseconds, so that what is held may go back.
    func isIdle(at now: UInt64, for quiet: UInt64) -> Bool { asking == .idle && now >= lastDemand + quiet }

    /// Gives the tokens up that the store would still credit: as much as flowed in since they left is not (limits.md
    /// 18). The age is taken from the sending of the ask, before the store granted it, so it errs to the old.
    ///
    /// - Parameter all: false keeps what would earn nothing; it may be spent yet.
    mutating func release(
        quota: CompiledQuota, at now: UInt64, all: Bool, into returns: inout ContiguousArray<LeaseReturn>
    ) {
        age(at: now)
        for isNewer in [false, true] {
            let tranche = isNewer ? newer : older
            let age = (lifetime - min(lifetime, tranche.expires - min(now, tranche.expires))) / 1_000
            let worth = Double(tranche.tokens) * Double(quota.quota.period) / Double(quota.quota.tokens)
            let earns = tranche.grantedAt > 0 && worth > Double(age)
            if earns {
                returns.append(
                    LeaseReturn(
                        key: key, limit: limit, tokens: tranche.tokens, grantedAtMicros: tranche.grantedAt))
            }
            guard earns || all else { continue }
            if isNewer { newer.tokens = 0 } else { older.tokens = 0 }
        }
        age(at: now)
    }

    // === Short grants

    private mutating func add(_ grant: LeaseGrant, expires: UInt64, at now: UInt64) -> Int64 {
        age(at: now)
        if grant.granted == 0 || expires <= now { return grant.granted }
        let tranche = Tranche(tokens: grant.granted, expires: expires, grantedAt: grant.now)
        if older.tokens == 0 {
            older = tranche
        } else if newer.tokens == 0 {
            newer = tranche
        } else {
            newer.tokens += grant.granted
        }
        return 0
    }

    private mutating func fallShort(at now: UInt64) {
        pacedUntil = min(max(pacedUntil, now) + Lease.pace, now + Lease.paceAheadMax)
    }

    /// Refuses `cost` and more until it fits if nobody else spends, or as long as the pace says, whatever is later.
    private mutating func pause(_ cost: Int64, _ quota: CompiledQuota, sentAt: UInt64, at now: UInt64, random: UInt64) {
        let result = LimitResult(arrival: known, quota: quota, cost: cost, now: knownNow)
        let paced = max(pacedUntil, now + Lease.pace) - now
        var until = now + paced * 3 / 4 + random % (paced / 2)
        if let retry = result.retryMicros {
            until = max(until, sentAt + UInt64(retry) * 1_000)
        } else {
            until = .max
        }
        pausedUntil = min(until, now + Lease.pauseMax)
        pausedCost = cost
    }

    private static func fits(_ cost: Int64, _ arrival: ArrivalTime, _ quota: CompiledQuota, _ now: Int64) -> Bool {
        GCRA.fits(GCRA.spend(cost, from: arrival, quota: quota), quota: quota, now: now)
    }
}
