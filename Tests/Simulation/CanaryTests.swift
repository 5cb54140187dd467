import Testing

/// Simulations that are broken on purpose (limits.md 32): each must be found out within a bounded number of seeds, or
/// the property it breaks is one that nothing watches.
@Suite struct CanaryTests {
    struct Canary: CustomTestStringConvertible, Sendable {
        var name: String
        /// Seeds it may take: a few times what it took when it was written.
        var seeds: UInt64
        /// What one of the violations must say.
        var finds: String
        var shape = Workload.Shape.exact
        var sabotage: @Sendable (inout Simulation.Sabotage) -> Void
        var testDescription: String { name }
    }

    static let canaries: [Canary] = [
        Canary(name: "keys expire early (limits.md 5)", seeds: 100, finds: "over the limit") {
            $0.flaws.earlyExpiryMicros = 1_900
        },
        Canary(name: "lost data that nobody allows for", seeds: 60, finds: "over the limit") {
            $0.flaws.hidesLosses = true
        },
        Canary(name: "an unknown call is sent again (limits.md 23)", seeds: 20, finds: "sent again") {
            $0.repeats = 2
        },
        Canary(name: "verdicts change places", seeds: 20, finds: "no server gave") { $0.flaws.mixesReplies = 20 },
        Canary(name: "leases without hold-back (limits.md 17)", seeds: 60, finds: "over the limit", shape: .leased) {
            $0.holdsNothingBack = true
        },
        // Full credit alone (limits.md 18) mints less than the hold-back covers, because leases that are worth it go back
        // after a quarter of their life; Tests/Limits/Lease holds them for all of it, and finds that canary.
        Canary(name: "too much credit on return", seeds: 100, finds: "over the limit", shape: .leased) {
            $0.flaws.credits = 10
        },
        Canary(name: "a lease is spent twice", seeds: 20, finds: "more than it was granted", shape: .leased) {
            $0.flaws.overstatesGrants = 20
        },
        Canary(name: "a check is answered twice", seeds: 5, finds: "2 answers") { $0.doubles = 1 },
        Canary(name: "a check is never answered", seeds: 5, finds: "0 answers") { $0.losses = 1 },
        Canary(name: "alarms do not ring", seeds: 20, finds: "waited") { $0.isDeaf = true },
        Canary(name: "Redis is never found again", seeds: 5, finds: "though Redis was well") { $0.staysAway = true },
        Canary(name: "the local share is not divided (limits.md 25)", seeds: 60, finds: "share") {
            $0.sharesInFull = true
        },
        Canary(name: "refusals are cached for too long (limits.md 16)", seeds: 60, finds: "deny cache") {
            $0.hurriesServersClock = true
        },
        Canary(name: "grace without an end (limits.md 25)", seeds: 60, finds: "grace") {
            $0.isEndlesslyGraceful = true
        },
    ]

    @Test(arguments: canaries)
    func isFoundOut(_ canary: Canary) {
        var sabotage = Simulation.Sabotage()
        canary.sabotage(&sabotage)
        for seed in 0..<canary.seeds {
            let violations = Simulation(seed: seed, shape: canary.shape, sabotage: sabotage).run()
            if violations.contains(where: { $0.contains(canary.finds) }) { return }
        }
        Issue.record("\(canary.name): nothing found in \(canary.seeds) seeds")
    }
}
