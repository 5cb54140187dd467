import NIOCore

/// Finds the server that holds the keys: the node itself, the master that Sentinel names, or the node of a cluster that
/// has the keys' slot, which any of its nodes tells.
final class KeyLocation {
    /// What connections have taught, for those that follow.
    struct Lessons {
        /// Whom of a cluster to ask first; whoever did not answer goes last.
        var next = 0
        /// Where a node said the slot has moved.
        var moved: RedisEndpoint?
    }

    private let settings: RedisSettings
    private(set) var lessons: Lessons
    private let sentinels: KeySentinels?

    init(
        _ settings: RedisSettings, on eventLoop: any EventLoop, sentinelConnector: any RedisConnector,
        _ lessons: Lessons
    ) {
        (self.settings, self.lessons) = (settings, lessons)
        if case .sentinel(let terms) = settings.topology {
            sentinels = KeySentinels(terms, on: eventLoop, connector: sentinelConnector)
        } else {
            sentinels = nil
        }
    }

    func close() { sentinels?.close() }

    /// - Parameter completion: nil: nobody says.
    func find(_ completion: @escaping (RedisEndpoint?) -> Void) {
        switch settings.topology {
        case .node(let endpoint): completion(endpoint)
        case .cluster(let seeds):
            if let moved = lessons.moved {
                lessons.moved = nil
                return completion(moved)
            }
            lessons.next += 1
            completion(seeds[(lessons.next - 1) % seeds.count])
        case .sentinel: sentinels?.ask { master, _ in completion(master) }
        }
    }

    /// Whether the keys have gone from a server that may still answer: only where most Sentinels say so.
    func hasLeft(_ endpoint: RedisEndpoint, _ completion: @escaping (Bool) -> Void) {
        guard let sentinels else { return completion(false) }
        sentinels.ask { master, isAgreed in completion(isAgreed && master != endpoint) }
    }

    /// What a reply says of another place. True: look again at once.
    func learn(from error: String, askedAt endpoint: RedisEndpoint) -> Bool {
        guard case .moved(_, .tcp(let host, let port)) = ReplyError.classify(error) else { return false }
        // A node that does not know its own name says none: it is on the asked one's host.
        if host.isEmpty, case .tcp(let asked, _) = endpoint {
            lessons.moved = .tcp(host: asked, port: port)
        } else {
            lessons.moved = .tcp(host: host, port: port)
        }
        return true
    }
}
