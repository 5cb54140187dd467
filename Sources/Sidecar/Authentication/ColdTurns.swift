/// Checks whose token nobody here has judged yet, in the order they came. Each gets its turn when the worker has
/// answered all that were at hand, so that nobody who is known stands behind a stranger's signature (gate.md 12).
///
/// How many may wait is the caller's bound.
struct ColdTurns: ~Copyable {
    /// False where nobody says when a loop's turn is over: then cold work is done at once.
    let areTaken: Bool
    private var owners: ContiguousArray<any CheckOwner> = []
    private var taken = 0

    /// After which the worker looks whether somebody else has come. One signature may take longer, and is not cut
    /// short.
    static let sliceNanoseconds: UInt64 = 50_000

    init(areTaken: Bool) { self.areTaken = areTaken }

    var isEmpty: Bool { taken == owners.count }

    mutating func append(_ owner: any CheckOwner) { owners.append(owner) }

    /// - Precondition: not empty.
    mutating func next() -> any CheckOwner {
        let owner = owners[taken]
        taken += 1
        if taken == owners.count {
            owners.removeAll(keepingCapacity: true)
            taken = 0
        }
        return owner
    }
}
