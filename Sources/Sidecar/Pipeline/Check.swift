import Bytes
import Configuration
import Credentials
import Domain
import Limits
import Policy

/// One check on its way through the pipeline: a slot that a connection owns and uses for one request after another.
///
/// Each stage writes its finding here and reads only what earlier stages wrote; `explain` prints the slot.
final class Check {
    /// The configuration this check is judged by, from its first stage to its last, whatever a reload does meanwhile.
    @exclusivity(unchecked) var gate: Gate
    @exclusivity(unchecked) var request = CheckRequest(dialect: .json)
    @exclusivity(unchecked) var presented = Presented()
    @exclusivity(unchecked) var match: RouteMatch?
    @exclusivity(unchecked) var pathFault: PathFault?
    /// Position of the principal in the Snapshot, once there is one.
    @exclusivity(unchecked) var principal: Int?
    @exclusivity(unchecked) var permit: Permit?
    let spend: Spend
    /// What the limits said, one per charge, for the answer.
    @exclusivity(unchecked) var report = LimitReport()
    @exclusivity(unchecked) var decision: Decision?
    /// Monotonic nanoseconds when the request was complete.
    @exclusivity(unchecked) var startedAt: UInt64 = 0

    init(gate: Gate, onResolved: @escaping (Spend) -> Void) {
        self.gate = gate
        spend = Spend(onResolved: onResolved)
    }

    /// Ready for the next request.
    func begin(_ gate: Gate, at now: UInt64) {
        if self.gate !== gate { self.gate = gate }
        presented = Presented()
        match = nil
        pathFault = nil
        principal = nil
        permit = nil
        spend.charges.removeAll(keepingCapacity: true)
        spend.readings.removeAll(keepingCapacity: true)
        report.clear()
        decision = nil
        startedAt = now
    }
}
