/// What goes wrong, drawn from the seed: each fault strikes at a moment of its own and is over by itself.
struct Faults {
    enum Kind: CaseIterable {
        case cutOne, cutAll, swallow, hold, slow, partition
        case stallServer, crash, flush, forgetScripts, refuse, failOver, stepServer, driftServer
        case stallWorker, suspendWorker
    }

    /// Error replies of an engine that cannot serve, as Redis words them.
    static let refusals = [
        "OOM command not allowed when used memory > 'maxmemory'.",
        "LOADING Redis is loading the dataset in memory",
        "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.",
        "BUSY Redis is busy running a script.", "READONLY You can't write against a read only replica.",
        "ERR Error running script: @user_script:7: -NOREPLICAS Not enough good replicas to write.",
    ]

    let kinds: [Kind]
    private let dice: Dice

    init(dice: Dice, isCalm: Bool) {
        self.dice = dice
        kinds = isCalm ? [] : (0..<dice.roll(1...6)).map { _ in dice.pick(Kind.allCases) }
    }

    /// Puts every fault into the timeline, somewhere in `span`.
    func schedule(in span: ClosedRange<Int64>, _ world: Simulation) {
        for kind in kinds { world.timeline.at(dice.roll(span)) { strike(kind, world) } }
    }

    private func strike(_ kind: Kind, _ world: Simulation) {
        let (network, server) = (world.network, world.server)
        let worker = dice.pick(world.workers)
        let length = dice.roll(1_000_000...800_000_000)
        switch kind {
        case .cutOne: network.cut { $0.worker == worker.index }
        case .cutAll: network.cutAll(to: server)
        case .swallow: network.swallow { $0.worker == worker.index }
        case .hold: network.hold(for: dice.roll(1_000_000...60_000_000))
        case .slow: slow(world, for: length)
        case .partition:
            network.unreachable.insert(worker.index)
            world.timeline.after(length) { network.unreachable.remove(worker.index) }
        case .stallServer: server.stall(for: dice.roll(1_000_000...400_000_000))
        case .crash:
            server.crash(network: network)
            world.timeline.after(length) { server.start() }
        case .flush: server.flush()
        case .forgetScripts: server.forgetScripts()
        case .refuse: refuse(world, for: length)
        case .failOver:
            server.failOver(
                lag: dice.roll(0...50_000_000), stepMicros: dice.roll(-2_000_000...2_000_000), network: network)
        case .stepServer: server.step(byMicros: dice.roll(-3_000_000...3_000_000))
        case .driftServer: server.clock.drift(by: dice.roll(-500...500), at: world.timeline.now)
        case .stallWorker: worker.stall(for: dice.roll(1_000_000...500_000_000))
        case .suspendWorker: worker.suspend(for: dice.roll(1_000_000...3_000_000_000))
        }
    }

    private func slow(_ world: Simulation, for length: Int64) {
        world.network.latency = 1_000_000...20_000_000
        world.timeline.after(length) { world.network.latency = Network.usualLatency }
    }

    private func refuse(_ world: Simulation, for length: Int64) {
        world.server.refusal = dice.pick(Faults.refusals)
        world.timeline.after(length) { world.server.refusal = nil }
    }
}
