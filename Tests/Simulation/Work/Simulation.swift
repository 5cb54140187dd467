import Domain
import Limits

@testable import RedisStore

/// One run: N workers, a Redis, the network between them, and everything that goes wrong, all from one seed.
final class Simulation {
    /// What is broken on purpose, for the canaries: a simulation that finds nothing then would never find anything.
    struct Sabotage {
        var flaws = SimulatedServer.Flaws()
        /// Percent of the calls that go out twice (limits.md 23).
        var repeats: Int64 = 0
        /// Answers given twice, or never, of a hundred.
        var doubles: Int64 = 0
        var losses: Int64 = 0
        /// The local share is not divided.
        var sharesInFull = false
        /// After the last fault the network stays away from one worker.
        var staysAway = false
        /// Leased limits keep their whole burst (limits.md 17).
        var holdsNothingBack = false
        /// Grace never ends.
        var isEndlesslyGraceful = false
        /// Timers are forgotten.
        var isDeaf = false
        /// Nothing goes wrong, but the server's clock runs half as fast again as workers think.
        var hurriesServersClock = false
    }

    /// Faults strike until then, checks are asked until later: in between is the time to recover.
    static let warmUp: Int64 = 100_000_000
    static let recovery: Int64 = 2_000_000_000

    let timeline = Timeline()
    let journal = Journal()
    let network: Network
    let server: SimulatedServer
    private(set) var workers: [SimulatedWorker] = []
    let workload: Workload
    let settings: RedisSettings
    let isCalm: Bool
    let healed: Int64
    private(set) var verdict: Verdict

    private let dice: Dice
    private let sabotage: Sabotage
    private var lastNumber = 0
    /// True times between a worker's checks.
    private var pace: [Int64] = []

    init(seed: UInt64, shape: Workload.Shape, sabotage: Sabotage = Sabotage()) {
        dice = Dice(seed: seed)
        self.sabotage = sabotage
        isCalm = dice.chance(12) || sabotage.hurriesServersClock
        healed = dice.roll(500_000_000...2_500_000_000)
        workload = Workload(dice: dice.fork(), shape: shape, holdsBack: !sabotage.holdsNothingBack)
        network = Network(timeline: timeline, dice: dice.fork())
        network.repeats = sabotage.repeats
        server = SimulatedServer(
            timeline: timeline, journal: journal, dice: dice.fork(),
            clock: ServerClock(
                micros: 1_700_000_000_000_000 + dice.roll(0...999_999_999), drift: dice.roll(-200...200)),
            table: workload.table)
        if sabotage.hurriesServersClock { server.clock.drift(by: 500_000, at: 0) }
        server.flaws = sabotage.flaws
        network.add(server, port: 1)
        let count = Int(dice.roll(1...4))
        var settings = RedisSettings(endpoint: .tcp(host: "redis", port: 1), fallbackCapacity: 1_024)
        settings.failureMode = dice.pick(FailureMode.allCases)
        settings.graceSeconds = dice.chance(25) ? 1 : 0
        settings.replicas = count
        self.settings = settings
        verdict = Verdict(workload: workload, settings: settings)
        if sabotage.sharesInFull { settings.replicas = 1 }
        if sabotage.isEndlesslyGraceful { settings.graceSeconds = 1_000 }
        for index in 0..<count { workers.append(worker(index, settings)) }
    }

    private func worker(_ index: Int, _ settings: RedisSettings) -> SimulatedWorker {
        let clock = DriftingClock(start: dice.roll(1_000_000_000...1_000_000_000_000), drift: dice.roll(-200...200))
        let worker = SimulatedWorker(
            index: index, loop: SimulatedLoop(timeline: timeline, clock: clock), network: network, settings: settings,
            dice: dice.fork())
        worker.loop.isDeaf = sabotage.isDeaf
        pace.append(dice.pick([2_000_000, 6_000_000, 20_000_000]))
        worker.copies = { [unowned self] in copies() }
        worker.onAnswer = { [unowned self] in verdict.answered($0, $1, by: self) }
        return worker
    }

    /// Runs from beginning to end.
    ///
    /// - Returns: what was wrong; nothing, if all is well.
    func run() -> [String] {
        let faults = Faults(dice: dice.fork(), isCalm: isCalm)
        faults.schedule(in: Simulation.warmUp...(healed - 400_000_000), self)
        for worker in workers {
            worker.start()
            crowd(of: worker, dice: dice.fork())
        }
        timeline.at(healed) { [self] in heal() }
        timeline.run(until: healed + Simulation.recovery + 500_000_000)
        for worker in workers { worker.close() }
        timeline.run(until: timeline.now + 6_000_000_000)
        verdict.conclude(self)
        for worker in workers { worker.loop.end() }
        network.end()
        timeline.end()
        return verdict.violations
    }

    /// Faults last 0.8 s at most, and may reach beyond the last strike.
    private func heal() {
        network.unreachable = sabotage.staysAway ? [0] : []
        network.latency = Network.usualLatency
        server.refusal = nil
        server.start()
    }

    /// Asks for checks, one after another and now and then many at once, until the end.
    private func crowd(of worker: SimulatedWorker, dice: Dice) {
        let end = healed + Simulation.recovery + 400_000_000
        func next() {
            guard timeline.now < end else { return }
            // While it recovers, only whether it does is of interest.
            let isRecovering = timeline.now > healed && timeline.now < healed + Simulation.recovery
            let isRush = workload.pulses && dice.chance(1)
            for _ in 0..<(isRush ? 12 : count(worker, dice)) {
                lastNumber += 1
                worker.ask(lastNumber, workload.charges(dice, number: lastNumber, isRush: isRush), workload.table)
            }
            let pause = pause(of: worker, dice)
            timeline.after(isRecovering ? pause + 50_000_000 : pause) { next() }
        }
        timeline.at(Simulation.warmUp / 2) { next() }
    }

    /// Checks at one moment.
    private func count(_ worker: SimulatedWorker, _ dice: Dice) -> Int64 {
        if workload.pulses { return worker.index > 0 ? dice.roll(2...12) : 1 }
        return dice.chance(5) ? dice.roll(2...40) : 1
    }

    /// Until a worker is asked again. Where there are pulses, one worker spends about what flows in, and the others rest
    /// until their leases go back.
    private func pause(of worker: SimulatedWorker, _ dice: Dice) -> Int64 {
        if !workload.pulses { return dice.roll(0...(2 * pace[worker.index])) }
        if worker.index > 0 { return dice.roll(workload.pulse / 3...workload.pulse) }
        return dice.roll(workload.refill...(3 * workload.refill))
    }

    /// What the canaries do with an answer on its way to its owner.
    private func copies() -> Int {
        if sabotage.losses == 0 && sabotage.doubles == 0 { return 1 }
        return dice.chance(sabotage.losses) ? 0 : dice.chance(sabotage.doubles) ? 2 : 1
    }
}
