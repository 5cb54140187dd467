import Bytes
import Domain
import Limits

/// One check as a server decided it.
struct Decision {
    struct Part {
        var key: BucketKey
        var cost: Int64
        var isEnforced: Bool
        var fits: Bool
        var arrival: ArrivalTime
        /// The bucket's terms as the script got them.
        var quota: CompiledQuota
    }

    var worker: Int
    /// Microseconds on the server's clock, as the script read it, and the clock's progress then.
    var now: Int64
    var progress: Int64
    /// Under which the check holds slots and reservations.
    var ticket: Digest128
    var parts: [Part]
    var isAdmitted: Bool
    /// Whether a worker has answered a check with it.
    var isClaimed = false
}

/// All that happened to the data, in the order in which it happened: what the oracle reads.
final class Journal {
    enum Entry {
        case decided(Decision)
        /// Tokens that left a bucket for a lease.
        case granted(worker: Int, BucketKey, tokens: Int64)
        /// A failover lost what these entries wrote.
        case lost([Int])
        /// The data is gone: a restart without persistence, or FLUSHALL.
        case emptied
        /// The clock was stepped forward by so many microseconds.
        case stepped(Int64, progress: Int64)
        /// A worker admitted a check with tokens of its lease.
        case spentLocally(worker: Int, BucketKey, tokens: Int64, progress: Int64)
        /// A worker gave tokens of its lease back.
        case returned(worker: Int, BucketKey, tokens: Int64)
    }

    private(set) var entries: [Entry] = []

    @discardableResult
    func append(_ entry: Entry) -> Int {
        entries.append(entry)
        return entries.count - 1
    }

    /// Marks the decision that a worker answered a check with.
    func claim(_ index: Int) {
        guard case .decided(var decision) = entries[index] else { preconditionFailure("not a decision") }
        decision.isClaimed = true
        entries[index] = .decided(decision)
    }

    func decision(_ index: Int) -> Decision? {
        if case .decided(let decision) = entries[index] { decision } else { nil }
    }
}
