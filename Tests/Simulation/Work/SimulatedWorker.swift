import Bytes
import Domain
import NIOCore

@testable import Limits
@testable import RedisStore

/// One worker of Postern: the real store on a simulated loop, and a crowd that asks it.
final class SimulatedWorker {
    let index: Int
    let loop: SimulatedLoop
    let store: RedisLimitStore
    private(set) var checks: [Check] = []
    /// Nanoseconds without CPU or suspended, so far.
    private(set) var disturbed: Int64 = 0
    /// Called once per answer, with the spend as the store left it.
    var onAnswer: (Check, Spend) -> Void = { _, _ in }
    /// How often an answer reaches its owner: once, but for a canary.
    var copies: () -> Int = { 1 }
    var events: [RedisEvent] { log.events }
    private let log: EventLog

    /// What the store says of itself: apart, because the store is made before its worker.
    private final class EventLog { var events: [RedisEvent] = [] }

    init(index: Int, loop: SimulatedLoop, network: Network, settings: RedisSettings, dice: Dice) {
        self.index = index
        self.loop = loop
        let log = EventLog()
        self.log = log
        store = RedisLimitStore(
            settings: settings, eventLoop: loop,
            connector: SimulatedConnector(network: network, loop: loop, worker: index), random: dice.next,
            log: { log.events.append($0) })
    }

    func start() { loop.deliver { [self] in store.start() } }

    func stall(for nanoseconds: Int64) {
        disturbed += nanoseconds
        loop.stall(for: nanoseconds)
    }

    func suspend(for nanoseconds: Int64) {
        disturbed += nanoseconds
        loop.jump(by: nanoseconds)
    }

    /// Asks for one check in the loop's next turn; several asked for at one moment leave together.
    func ask(_ number: Int, _ charges: [Charge], _ table: LimitTable) {
        loop.deliver { [self] in
            let now = loop.now.uptimeNanoseconds
            let check = Check(
                number: number, worker: index, charges: charges, joined: now, started: loop.timeline.now,
                disturbed: disturbed)
            checks.append(check)
            let spend = Spend { [unowned self, unowned check] in answer(check, $0) }
            spend.table = table
            spend.charges.append(contentsOf: charges)
            keep(spend, for: check)
            if store.spend(spend, at: now) { answer(check, spend) }
        }
    }

    /// A spend belongs to its owner: stores may hold it unowned.
    private var spends: [Int: Spend] = [:]
    private func keep(_ spend: Spend, for check: Check) { spends[check.number] = spend }

    private func answer(_ check: Check, _ spend: Spend) {
        for _ in 0..<copies() { check.countAnswer() }
        check.answered = loop.now.uptimeNanoseconds
        check.finished = loop.timeline.now
        check.outcome = spend.outcome
        check.source = spend.source
        onAnswer(check, spend)
    }

    func close() { loop.deliver { [self] in _ = store.close() } }
}
