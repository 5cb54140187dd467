import Bytes
import Domain

/// The trie nodes that the segments read so far can have led to: one for each way of taking the wildcards.
///
/// Its size is bounded by the wildcards in the configuration, not by what a client sends.
struct RouteFrontier: Sendable {
    private var nodes: ContiguousArray<UInt32> = []
    private var next: ContiguousArray<UInt32> = []

    /// The most nodes looked at for one segment since `begin`; what a test holds the cost of matching by.
    private(set) var widest = 0

    var isEmpty: Bool { nodes.isEmpty }

    mutating func begin(at host: borrowing Span<UInt8>, in trie: borrowing RouteTrie) {
        next.removeFew()
        widest = 0
        enter(RouteTrie.anyHost, trie)
        if !trie.hosts.isEmpty, host.count > 0 {
            let found = trie.hosts.roots(of: host)
            for index in 0..<found.count { enter(found.roots[index], trie) }
        }
        swap(&nodes, &next)
    }

    mutating func advance(over segment: borrowing Span<UInt8>, in trie: borrowing RouteTrie) {
        next.removeFew()
        for index in nodes.indices {
            let node = nodes[index]
            if trie.nodes[Int(node)].isGlobstar { enter(node, trie) }
            if let child = trie.literals.child(of: node, segment) { enter(child, trie) }
            let star = trie.nodes[Int(node)].star
            if star >= 0 { enter(UInt32(star), trie) }
        }
        swap(&nodes, &next)
        widest = max(widest, nodes.count)
    }

    /// Adds a node, and the `**` below it, which may match nothing at all.
    private mutating func enter(_ node: UInt32, _ trie: borrowing RouteTrie) {
        guard !next.contains(node) else { return }
        next.append(node)
        let globstar = trie.nodes[Int(node)].globstar
        if globstar >= 0 { enter(UInt32(globstar), trie) }
    }

    func firstEnding(
        for method: Method, _ name: borrowing Span<UInt8>, in trie: borrowing RouteTrie
    ) -> RouteMatch {
        var best = Int.max
        var hasPath = false
        for index in nodes.indices {
            let node = nodes[index]
            for ending in trie.nodes[Int(node)].endings {
                hasPath = true
                // Endings are in the order of the file: the first that fits is this node's best.
                guard ending.methods.contains(method, name) else { continue }
                best = min(best, ending.route)
                break
            }
        }
        if best < Int.max { return .route(best) }
        return hasPath ? .methodNotAllowed : .unmatched
    }
}
