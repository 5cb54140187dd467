import Bytes
import Domain

/// The routes' patterns as a trie of segments. Several hosts are several roots, all walked at once.
struct RouteTrie: Sendable {
    /// One way a pattern can end at a node: the first route in order for these methods.
    struct Ending: Sendable {
        var methods: MethodSet
        var route: Int
    }

    struct Node: Sendable {
        /// Child for any one segment, or -1.
        var star: Int32 = -1
        /// Child for any number of segments, or -1.
        var globstar: Int32 = -1
        var isGlobstar = false
        var endings: [Ending] = []
    }

    private(set) var nodes: ContiguousArray<Node> = [Node()]
    private(set) var literals = SegmentTable()
    private(set) var hosts = HostTable()

    /// The root that routes without `hosts` hang from.
    static let anyHost: UInt32 = 0

    mutating func insert(_ pattern: RoutePattern, route: Int, rules: PathRules) {
        let methods = MethodSet(names: pattern.methods)
        if pattern.hosts.isEmpty { return insert(pattern.path, methods, route, from: RouteTrie.anyHost, rules) }
        for host in pattern.hosts {
            let fresh = UInt32(nodes.count)
            let root = hosts.root(for: host, orElse: fresh)
            if root == fresh { _ = addNode(isGlobstar: false) }
            insert(pattern.path, methods, route, from: root, rules)
        }
    }

    private mutating func insert(
        _ path: String, _ methods: MethodSet, _ route: Int, from root: UInt32, _ rules: PathRules
    ) {
        var node = root
        for segment in path.split(separator: "/") {
            switch segment {
            case "*": node = starChild(of: node)
            case "**": node = globstarChild(of: node)
            default: node = literalChild(of: node, SegmentSpelling(String(segment), rules))
            }
        }
        nodes[Int(node)].endings.append(Ending(methods: methods, route: route))
    }

    private mutating func addNode(isGlobstar: Bool) -> UInt32 {
        nodes.append(Node(isGlobstar: isGlobstar))
        return UInt32(nodes.count - 1)
    }

    private mutating func starChild(of node: UInt32) -> UInt32 {
        if nodes[Int(node)].star < 0 { nodes[Int(node)].star = Int32(addNode(isGlobstar: false)) }
        return UInt32(nodes[Int(node)].star)
    }

    /// `**/**` is `**`.
    private mutating func globstarChild(of node: UInt32) -> UInt32 {
        if nodes[Int(node)].isGlobstar { return node }
        if nodes[Int(node)].globstar < 0 { nodes[Int(node)].globstar = Int32(addNode(isGlobstar: true)) }
        return UInt32(nodes[Int(node)].globstar)
    }

    /// A literal has an edge for each reading of a request that means it.
    private mutating func literalChild(of node: UInt32, _ spelling: SegmentSpelling) -> UInt32 {
        if let known = literals.child(of: node, spelling.decoded.span) { return known }
        let child = addNode(isGlobstar: false)
        literals.insert(node, spelling.decoded, child: child)
        if spelling.kept != spelling.decoded { literals.insert(node, spelling.kept, child: child) }
        return child
    }
}
