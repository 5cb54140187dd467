import Foundation
import Testing

/// Runs from seeds. A failing seed prints itself; `POSTERN_SEED=<n>` replays it alone, and `POSTERN_SEEDS=<n>` says how
/// many to try.
@Suite struct SimulationTests {
    private static let environment = ProcessInfo.processInfo.environment
    static let seeds = environment["POSTERN_SEEDS"].flatMap { UInt64($0) } ?? 200
    static let only = environment["POSTERN_SEED"].flatMap { UInt64($0) }
    /// Seeds are tried in so many threads.
    static let lanes = 4

    @Test(arguments: 0..<lanes)
    func neverOverTheLimit(_ lane: Int) {
        for seed in SimulationTests.seeds(of: lane) {
            // Exact and leased limits take turns.
            let violations = Simulation(seed: seed, shape: seed % 2 == 0 ? .exact : .leased).run()
            if violations.isEmpty { continue }
            Issue.record("POSTERN_SEED=\(seed): \(violations.joined(separator: "; "))")
            return
        }
    }

    static func seeds(of lane: Int) -> [UInt64] {
        if let only { return lane == 0 ? [only] : [] }
        return (0..<seeds).filter { Int($0 % UInt64(lanes)) == lane }
    }
}
