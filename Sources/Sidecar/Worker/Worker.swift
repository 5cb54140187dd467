import Bytes
import Configuration
import Domain
import Limits
import Logging
import NIOCore
import RedisStore
import Sockets
import Telemetry

/// One event loop's share of the process: its connections, its scratch memory, its counters and its limit store.
///
/// Nothing mutable is shared between workers. Every method is called on the worker's own loop.
final class Worker {
    let eventLoop: any EventLoop
    let store: LimitEngine
    private(set) var gate: Gate
    private(set) var isDraining = false
    var pipeline: Pipeline
    let authentication: Authentication
    let authorization: RemoteAuthorization
    var encoder = AnswerEncoder()
    var metrics = CheckMetrics()
    var tickets = TicketCounters()
    /// Operations on tickets that the store has not answered.
    private var ticketsUnderWay = 0
    var denials: DenialLog
    var advice: Advice
    /// Nil where no audit log is kept.
    private var audit: AuditObserver?
    /// Who is refused most, for the dashboard; nil where there is none.
    var limited: LimitedSubjects?
    var outbox = Outbox()
    var clock: TurnClock
    /// Where a socket's bytes are read to. Lent to one connection at a time, while it looks at them.
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: Worker.roomBytes, alignment: 64)
    private(set) var connections = ConnectionList()
    /// The counters' slot of each limit in the Snapshot's table.
    private var limitSlots: [Int] = []
    /// What the Redis store was last told, where there is one.
    private var redisTerms: RedisStore.RedisSettings?

    init(
        eventLoop: any EventLoop, gate: Gate, store: LimitEngine, redisTerms: RedisStore.RedisSettings? = nil,
        audit: AuditLog? = nil, logger: Logger
    ) {
        self.eventLoop = eventLoop
        clock = TurnClock(turnsEnd: eventLoop is SocketLoop)
        self.gate = gate
        self.store = store
        let settings = gate.snapshot.settings
        let coldChecksMax = max(1, settings.bounds.coldChecks / settings.workers)
        authentication = Authentication(
            eventLoop: eventLoop, gate, throttle: FailureThrottle(settings.auth.failedCredentials, store: store),
            coldChecksMax: coldChecksMax, takesTurns: clock.turnsEnd)
        authorization = RemoteAuthorization(eventLoop: eventLoop, gate, coldChecksMax: coldChecksMax)
        pipeline = Pipeline(authentication, authorization)
        self.audit = audit.map { AuditObserver($0, settings.audit) }
        self.redisTerms = redisTerms
        advice = Advice(logger: logger)
        denials = DenialLog(logger: logger, allowed: gate.snapshot.settings.log.allowed)
        limitSlots = gate.snapshot.limits.limits.map { metrics.slot(forLimit: $0.name) }
        if settings.admin.pages { limited = LimitedSubjects() }
    }

    deinit { room.deallocate() }

    /// Judges every check that begins from now on by another configuration.
    func install(_ gate: Gate) {
        eventLoop.preconditionInEventLoop()
        self.gate = gate
        authentication.install(gate)
        authorization.install(gate)
        audit?.install(gate.snapshot.settings.audit)
        denials.logsAllowed = gate.snapshot.settings.log.allowed
        if case .redis(let store) = store, var terms = redisTerms, let file = gate.snapshot.settings.redis {
            RedisTerms.apply(file, to: &terms)
            redisTerms = terms
            store.replace(terms)
        }
        limitSlots = gate.snapshot.limits.limits.map { metrics.slot(forLimit: $0.name) }
        if gate.snapshot.settings.admin.pages != (limited != nil) {
            limited = limited == nil ? LimitedSubjects() : nil
        }
    }

    /// Counts a finished check, records it for the audit and, if it was denied, logs it.
    ///
    /// - Parameter bytes: what the ranges of the check's request lie in.
    func observe(
        _ check: Check, _ exchange: AnswerEncoder.Exchange, _ bytes: borrowing Span<UInt8>, at now: UInt64
    ) {
        let decision = check.decision ?? .deny(.malformedRequest)
        metrics.record(decision, dialect: exchange.dialect, nanoseconds: now &- check.startedAt)
        if !check.request.address.isKnown, check.permit != nil {
            metrics.unknownAddresses &+= 1
            if check.gate.snapshot.plans.needsAddress { advice.unknownAddress(check.request.dialect) }
        }
        observeLimits(check)
        if limited != nil, case .deny = decision { observeLimited(check, second: now / 1_000_000_000) }
        if check.ticket != nil { tickets.issued &+= 1 }
        audit?.observe(check, exchange.dialect, bytes, nanoseconds: now &- check.startedAt)
        guard denials.wants(decision) else { return }
        if denials.admits(second: now / 1_000_000_000) {
            denials.record(decision, check, bytes)
        } else {
            metrics.suppressedLogLines &+= 1
        }
    }

    private func observeLimits(_ check: Check) {
        // A check that outlived a reload is counted under the old table's slots only if they are still the same.
        guard check.gate === gate, !check.spend.readings.isEmpty else { return }
        for index in 0..<check.spend.readings.count {
            let reading = check.spend.readings[index]
            let limit = check.spend.charges[index].limit
            let outcome: LimitOutcome
            if !reading.isReadable, check.spend.source != .denyCache {
                outcome = .unreadable
            } else if reading.fits {
                outcome = .allowed
            } else {
                outcome = check.spend.table.enforced[limit] ? .denied : .shadowDenied
            }
            metrics.recordLimit(limitSlots[limit], outcome)
        }
    }

    /// Operations on tickets at once; more are refused, so that a flood of them keeps no check from the store.
    private static let ticketsMax = 256

    /// False if there are too many already.
    func beginTicket() -> Bool {
        guard ticketsUnderWay < Worker.ticketsMax else { return false }
        ticketsUnderWay += 1
        return true
    }

    func endTicket() { ticketsUnderWay -= 1 }

    /// From now on every answer closes its connection.
    func drain() {
        eventLoop.preconditionInEventLoop()
        isDraining = true
    }

    func add(_ connection: CheckConnection) {
        connections.add(connection)
        metrics.connectionsOpened &+= 1
        metrics.connectionsOpen += 1
    }

    func remove(_ connection: CheckConnection) {
        connections.remove(connection)
        metrics.connectionsOpen -= 1
    }

    /// Once a second: closes what has idled or dawdled past its bound.
    func sweep(at now: UInt64) {
        connections.forEach { $0.checkDeadline(at: now) }
    }

    /// How many connections are open, and how many of them have something in flight.
    var load: (open: Int, busy: Int) {
        var busy = 0
        connections.forEach { if !$0.isIdle { busy += 1 } }
        return (connections.count, busy)
    }

    func closeAll() {
        sendAnswers()
        connections.forEach { $0.close() }
    }

    /// Has what is answered sent, if nobody calls `sendAnswers` when the turn is over.
    func settle() {
        if !clock.turnsEnd { sendAnswers() }
    }

    /// A turn of the loop is over: what it answered is sent, and then it is the turn of those whom nobody knows.
    ///
    /// - Returns: whether something is left to do, so that the loop must not wait.
    func endTurn() -> Bool {
        sendAnswers()
        let hasMore = authentication.takeTurns()
        sendAnswers()
        return hasMore
    }

    /// Sends every answer of this turn.
    func sendAnswers() {
        clock.forget()
        guard !outbox.isEmpty else { return }
        outbox.answers.withUnsafeBytes { answers in
            for index in 0..<outbox.senders.count {
                outbox.senders[index]._withUnsafeGuaranteedRef { $0.send(from: answers) }
            }
        }
        outbox.clear()
    }

    /// The most that is read at once: more than a head may have, so that one that is whole is read whole.
    private static let roomBytes = 68 << 10

    /// Answers what waits for the store and closes the way to it.
    func closeStore() -> EventLoopFuture<Void> {
        guard case .redis(let store) = store else { return eventLoop.makeSucceededVoidFuture() }
        return store.close()
    }
}
