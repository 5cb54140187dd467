import Bytes
import Domain
import Limits

@testable import RedisStore

/// What a run is held to, beside the oracle.
struct Verdict {
    private(set) var violations: [String] = []
    private let workload: Workload
    private let settings: RedisSettings
    private enum Place: Hashable {
        case tag(UInt64)
        case moment(worker: Int, now: Int64)
    }
    /// Decisions by where they are looked for, and how far the journal was read for them.
    private var decisions: [Place: [Int]] = [:]
    private var read = 0
    private var locals: [Int: [BucketKey: ReferenceCounter]] = [:]
    private var localTable: LimitTable
    private var firstGrace: [Int: UInt64] = [:]
    private(set) var tally = Tally()

    /// What happened in a run, so that a test can see that something did.
    struct Tally {
        var checks = 0
        var fromRedis = 0
        var admitted = 0
        var cached = 0
        var leased = 0
        var local = 0
        var unavailable = 0
    }

    init(workload: Workload, settings: RedisSettings) {
        self.workload = workload
        self.settings = settings
        localTable = LocalShare.table(of: workload.table, parts: settings.shares)
    }

    private mutating func report(_ text: String) { if violations.count < 10 { violations.append(text) } }

    // === While it runs

    mutating func answered(_ check: Check, _ spend: Spend, by world: Simulation) {
        switch (spend.outcome, spend.source) {
        case (.pending, _): report("check \(check.number): answered without an outcome")
        case (.unavailable(let mode), _):
            tally.unavailable += 1
            if mode == .open { spendReserved(spend, check, world) }
            check.isCovered = spend.charges.allSatisfy { $0.isReserved || !workload.table.enforced[$0.limit] }
        case (_, .redis): claim(check, spend, world)
        case (_, .lease): countLeased(check, spend, world)
        case (_, .denyCache):
            tally.cached += 1
            if world.isCalm { judgeCached(check, spend, world) }
        case (_, .local): countLocal(check, spend, world)
        case (_, .memory): report("check \(check.number): answered by no store of ours")
        }
    }

    /// An answer from Redis is one that a server gave, to this very check, and that no other check was answered with.
    private mutating func claim(_ check: Check, _ spend: Spend, _ world: Simulation) {
        index(world.journal)
        tally.fromRedis += 1
        if spend.outcome == .admitted { tally.admitted += 1 }
        for entry in decisions[place(check.charges, check.worker, spend.now)] ?? [] {
            guard let decision = world.journal.decision(entry), !decision.isClaimed else { continue }
            guard isSame(decision, check, spend) else { continue }
            world.journal.claim(entry)
            if spend.outcome == .admitted { spendReserved(spend, check, world) }
            return
        }
        report("check \(check.number): no server gave the answer it got (\(spend.outcome) at \(spend.now))")
    }

    /// The charges that leases did not cover are what the server decided.
    private func isSame(_ decision: Decision, _ check: Check, _ spend: Spend) -> Bool {
        guard decision.worker == check.worker, decision.now == spend.now,
            decision.isAdmitted == (spend.outcome == .admitted), spend.readings.count == check.charges.count
        else { return false }
        var next = 0
        for (index, charge) in check.charges.enumerated() {
            // A refused check has given back what it had reserved, and says no more which that was.
            let cost = GCRA.bounded(charge.cost, quota: workload.table.quotas[charge.limit])
            if next < decision.parts.count, !spend.charges[index].isReserved {
                let part = decision.parts[next]
                let reading = spend.readings[index]
                if part.key == charge.key, part.cost == cost, part.fits == reading.fits,
                    part.arrival == reading.arrival,
                    part.isEnforced == workload.table.enforced[charge.limit]
                {
                    next += 1
                    continue
                }
            }
            if !workload.table.leased[charge.limit] { return false }
        }
        return next == decision.parts.count
    }

    /// Decisions are found by their tag, or by when they were made.
    private func place(_ charges: [Charge], _ worker: Int, _ now: Int64) -> Place {
        if let key = charges.last?.key, Workload.number(ofTag: key) != nil { return .tag(key.owner.low) }
        return .moment(worker: worker, now: now)
    }

    private mutating func index(_ journal: Journal) {
        while read < journal.entries.count {
            if let decision = journal.decision(read) {
                let charges = decision.parts.map { Charge(key: $0.key, limit: 0, cost: $0.cost) }
                decisions[place(charges, decision.worker, decision.now), default: []].append(read)
            }
            read += 1
        }
    }

    private mutating func countLeased(_ check: Check, _ spend: Spend, _ world: Simulation) {
        tally.leased += 1
        if spend.outcome == .admitted { spendReserved(spend, check, world) }
    }

    private func spendReserved(_ spend: Spend, _ check: Check, _ world: Simulation) {
        let progress = world.server.clock.read(at: world.timeline.now).progress
        for charge in spend.charges where charge.isReserved && charge.cost > 0 {
            world.journal.append(
                .spentLocally(worker: check.worker, charge.key, tokens: charge.cost, progress: progress))
        }
    }

    /// A refusal from the deny cache is one the store would have given, too (limits.md 16). Clocks that drift may be a
    /// millisecond apart.
    private mutating func judgeCached(_ check: Check, _ spend: Spend, _ world: Simulation) {
        let now = world.server.clock.read(at: world.timeline.now).micros - 1_000
        for (index, charge) in check.charges.enumerated() where spend.readings[index].isReadable {
            if !world.server.database.peek(charge, workload.table, now: now).fits { return }
        }
        report("check \(check.number): refused from the deny cache, and it would have fitted")
    }

    /// A worker's share, on its own clock: it admits no more over all outages than one would have (limits.md 25).
    private mutating func countLocal(_ check: Check, _ spend: Spend, _ world: Simulation) {
        tally.local += 1
        if settings.failureMode != .local { report("check \(check.number): decided locally, which is not configured") }
        guard spend.outcome == .admitted else { return }
        spendReserved(spend, check, world)
        for (index, charge) in spend.charges.enumerated() where spend.readings[index].fits && !charge.isReserved {
            var counter =
                locals[check.worker]?[charge.key] ?? ReferenceCounter(localTable.quotas[charge.limit].quota)
            if let excess = counter.admit(charge.cost, at: spend.now) {
                report("check \(check.number): \(excess) over worker \(check.worker)'s share")
            }
            locals[check.worker, default: [:]][charge.key] = counter
        }
    }

    // === When it is over

    mutating func conclude(_ world: Simulation) {
        index(world.journal)
        var oracle = Oracle(workload)
        oracle.read(world.journal)
        for text in oracle.violations { report(text) }
        for (place, entries) in decisions where entries.count > 1 {
            if case .tag(let tag) = place { report("check \(tag - 1_000): decided \(entries.count) times, sent again") }
        }
        for worker in world.workers { for check in worker.checks { judge(check, worker, world) } }
        if tally.checks == 0 || (tally.admitted == 0 && world.isCalm) { report("nothing was asked, or answered") }
    }

    private mutating func judge(_ check: Check, _ worker: SimulatedWorker, _ world: Simulation) {
        tally.checks += 1
        if check.answers != 1 { report("check \(check.number): \(check.answers) answers") }
        let deadline = Int64(settings.deadlineMillis) * 1_000_000
        let slack = 2_000_000 + worker.disturbed - check.disturbed
        let waited = Int64(check.answered) - Int64(check.joined)
        if check.answers > 0, waited > deadline + slack { report("check \(check.number): waited \(waited) ns") }
        let mustBeUp = world.isCalm ? Simulation.warmUp : world.healed + Simulation.recovery
        if check.started > mustBeUp, [.local, .memory].contains(check.source) {
            report("check \(check.number): \(check.outcome) from \(check.source), though Redis was well")
        }
        judgeMode(check)
    }

    /// Where Redis did not decide, what did is what is configured.
    private mutating func judgeMode(_ check: Check) {
        guard case .unavailable(let mode) = check.outcome else { return }
        if mode == settings.failureMode && mode != .local { return }
        // Only shadows were left to decide.
        if mode == .open && check.isCovered { return }
        if mode != .open || settings.graceSeconds == 0 { report("check \(check.number): \(mode), not configured") }
        // One grace: no run is long enough to arm it again.
        let first = firstGrace[check.worker] ?? check.answered
        firstGrace[check.worker] = first
        if check.answered >= first + UInt64(settings.graceSeconds) * 1_000_000_000 {
            report("check \(check.number): open \(check.answered - first) ns after the grace began")
        }
    }
}
