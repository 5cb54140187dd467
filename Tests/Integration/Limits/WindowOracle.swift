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
        let byStart = admitted.indices.sorted { admitted[$0].sent < admitted[$1].sent }
        let origin = admitted[byStart[0]].sent
        var tree = SuffixMaximum(leaves: admitted.count)
        var ranks = [Int](repeating: 0, count: admitted.count)
        for (rank, index) in byStart.enumerated() { ranks[index] = rank }
        var worst = Worst()
        for index in admitted.indices.sorted(by: { admitted[$0].received < admitted[$1].received }) {
            let answer = admitted[index]
            // A worst stretch begins with a check that it counts, so only those seen so far are starts.
            tree.count(ranks[index], base: rate * (answer.sent - origin))
            let excess = tree.best - rate * (answer.received - origin)
            if excess > worst.excess {
                worst = Worst(excess: excess, start: admitted[byStart[tree.bestLeaf]].sent, end: answer.received)
            }
        }
        return worst
    }
}

/// The greatest of base(i) + how many leaves from i on are counted, over all counted leaves i.
private struct SuffixMaximum {
    private let leaves: Int
    /// Of each subtree, by itself: how many are counted, the greatest sum, and the leaf it begins with.
    private var nodes: [(count: Double, best: Double, leaf: Int)]

    init(leaves wanted: Int) {
        var leaves = 1
        while leaves < wanted { leaves *= 2 }
        self.leaves = leaves
        nodes = Array(repeating: (0, -.infinity, 0), count: 2 * leaves)
    }

    var best: Double { nodes[1].best }
    var bestLeaf: Int { nodes[1].leaf }

    mutating func count(_ leaf: Int, base: Double) {
        var node = leaves + leaf
        nodes[node] = (1, base + 1, leaf)
        while node > 1 {
            node /= 2
            let (left, right) = (nodes[2 * node], nodes[2 * node + 1])
            let through = left.best + right.count
            let isLeft = through > right.best
            nodes[node] = (
                left.count + right.count, isLeft ? through : right.best, isLeft ? left.leaf : right.leaf
            )
        }
    }
}
