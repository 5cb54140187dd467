/// The oracle of limits.md 31 for what clients saw: in every stretch of time, not more was admitted than burst and rate
/// allow.
///
/// When a check spent is not known, only that it was between asking and the answer. So a stretch counts the checks that
/// were asked and answered inside it, and every stretch that begins with a question and ends with an answer is looked
/// at: n² of them, in n log n steps.
struct WindowOracle {
    /// The stretch in which most was admitted beyond what the rate brought.
    struct Worst: Equatable {
        /// Admitted, less rate × length: what the burst has to account for.
        var excess: Double = 0
        var start: Double = 0
        var end: Double = 0
    }

    /// - Parameter rate: a second.
    static func worst(_ admitted: [Load.Answer], rate: Double) -> Worst {
        guard !admitted.isEmpty else { return Worst() }
        let starts = admitted.map(\.sent).sorted()
        // The count of checks inside [start, now], plus rate × start: the greatest of these is the worst start.
        var tree = PrefixMaximum(starts.map { rate * ($0 - starts[0]) })
        var worst = Worst()
        for answer in admitted.sorted(by: { $0.received < $1.received }) {
            tree.increment(upTo: upperBound(starts, answer.sent))
            let found = tree.greatest(upTo: upperBound(starts, answer.received))
            let excess = found.value - rate * (answer.received - starts[0])
            if excess > worst.excess {
                worst = Worst(excess: excess, start: starts[found.index], end: answer.received)
            }
        }
        return worst
    }

    /// How many of the sorted `values` are not above `limit`.
    private static func upperBound(_ values: [Double], _ limit: Double) -> Int {
        var (low, high) = (0, values.count)
        while low < high {
            let middle = (low + high) / 2
            if values[middle] <= limit { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// Numbers of which a prefix can be raised by one, and the greatest of a prefix found, in log n steps.
private struct PrefixMaximum {
    private let leaves: Int
    /// Of each subtree, without what was added to its ancestors.
    private var best: [(value: Double, index: Int)]
    private var added: [Double]

    init(_ values: [Double]) {
        var leaves = 1
        while leaves < values.count { leaves *= 2 }
        self.leaves = leaves
        added = Array(repeating: 0, count: 2 * leaves)
        best = Array(repeating: (-.infinity, 0), count: 2 * leaves)
        for (index, value) in values.enumerated() { best[leaves + index] = (value, index) }
        for node in stride(from: leaves - 1, to: 0, by: -1) { best[node] = greater(best[2 * node], best[2 * node + 1]) }
    }

    private func greater(
        _ left: (value: Double, index: Int), _ right: (value: Double, index: Int)
    ) -> (value: Double, index: Int) {
        left.value >= right.value ? left : right
    }

    mutating func increment(upTo count: Int) { increment(1, 0, leaves, count) }

    private mutating func increment(_ node: Int, _ low: Int, _ size: Int, _ count: Int) {
        guard low < count else { return }
        if low + size <= count {
            best[node].value += 1
            added[node] += 1
            return
        }
        increment(2 * node, low, size / 2, count)
        increment(2 * node + 1, low + size / 2, size / 2, count)
        best[node] = greater(best[2 * node], best[2 * node + 1])
        best[node].value += added[node]
    }

    func greatest(upTo count: Int) -> (value: Double, index: Int) { greatest(1, 0, leaves, count) }

    private func greatest(_ node: Int, _ low: Int, _ size: Int, _ count: Int) -> (value: Double, index: Int) {
        guard low < count else { return (-.infinity, 0) }
        if low + size <= count { return best[node] }
        var found = greater(
            greatest(2 * node, low, size / 2, count), greatest(2 * node + 1, low + size / 2, size / 2, count))
        found.value += added[node]
        return found
    }
}
