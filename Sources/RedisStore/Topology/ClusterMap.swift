/// Which master has which slots, as one node of a cluster sees it: the reply to CLUSTER SLOTS. A value.
struct ClusterMap: Equatable {
    /// More masters than anybody runs; a map with more is refused.
    static let mastersMax = 1_024
    /// The owner of a slot nobody serves.
    static let unserved: UInt16 = .max

    private(set) var masters: [RedisEndpoint] = []
    /// For each slot the index of its master.
    private(set) var owners = ContiguousArray<UInt16>(repeating: unserved, count: HashSlot.count)

    /// Nil if it is not such a reply. Of each range `[first, last, [host, port, …], replicas…]` only the master counts.
    ///
    /// - Parameters:
    ///   - shape: the reply, of a reader that keeps its shape.
    ///   - host: the host that was asked, which a node that does not know its own address means by an empty one.
    init?(_ reply: ReplyReader, askedOf host: String) {
        var cursor = ReplyCursor(reply)
        guard let ranges = cursor.array() else { return nil }
        for _ in 0..<ranges {
            guard let parts = cursor.array(), parts >= 3, let first = cursor.integer(), let last = cursor.integer(),
                (0..<HashSlot.count).contains(first), (first..<HashSlot.count).contains(last),
                let fields = cursor.array(), fields >= 2, let name = cursor.string(), let port = cursor.integer()
            else { return nil }
            for _ in 2..<fields { cursor.skip() }
            for _ in 3..<parts { cursor.skip() }
            let isNameless = name.isEmpty || name == "?"
            guard let master = index(of: .tcp(host: isNameless ? host : name, port: port)) else { return nil }
            for slot in first...last { owners[slot] = master }
        }
    }

    private mutating func index(of master: RedisEndpoint) -> UInt16? {
        if let known = masters.firstIndex(of: master) { return UInt16(known) }
        guard masters.count < ClusterMap.mastersMax else { return nil }
        masters.append(master)
        return UInt16(masters.count - 1)
    }
}
