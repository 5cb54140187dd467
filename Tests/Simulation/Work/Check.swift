import Domain
import Limits

/// One check that a simulated worker was asked for, and what became of it.
final class Check {
    let number: Int
    let worker: Int
    let charges: [Charge]
    /// On the worker's clock, and the true time, in nanoseconds.
    let joined: UInt64
    let started: Int64
    /// How long the worker has stood still or been suspended so far.
    let disturbed: Int64

    private(set) var answers = 0
    var answered: UInt64 = 0
    var finished: Int64 = 0
    var outcome = SpendOutcome.pending
    var source = SpendSource.memory
    /// Whether leases covered all that could refuse it.
    var isCovered = false

    init(number: Int, worker: Int, charges: [Charge], joined: UInt64, started: Int64, disturbed: Int64) {
        self.number = number
        self.worker = worker
        self.charges = charges
        self.joined = joined
        self.started = started
        self.disturbed = disturbed
    }

    func countAnswer() { answers += 1 }
}
