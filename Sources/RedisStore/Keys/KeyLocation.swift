import NIOCore

/// Finds the server that holds the keys: the node itself, the master that Sentinel names, or the node of a cluster that
/// has the keys' slot, which any of its nodes tells.
final class KeyLocation {
    private let settings: RedisSettings
    private let eventLoop: any EventLoop
    private let connector: any RedisConnector
    private let sentinelConnector: any RedisConnector
    /// Whom to ask first; whoever did not answer goes last.
    private var next = 0
    /// Where a node said the slot has moved.
    private var moved: RedisEndpoint?
    private var asking: KeyLink?

    init(
        _ settings: RedisSettings, on eventLoop: any EventLoop, connector: any RedisConnector,
        sentinelConnector: any RedisConnector
    ) {
        self.settings = settings
        self.eventLoop = eventLoop
        self.connector = connector
        self.sentinelConnector = sentinelConnector
    }

    /// - Parameter completion: nil: nobody says.
    func find(_ completion: @escaping (RedisEndpoint?) -> Void) {
        switch settings.topology {
        case .node(let endpoint): completion(endpoint)
        case .cluster(let seeds):
            defer { moved = nil }
            next += 1
            completion(moved ?? seeds[(next - 1) % seeds.count])
        case .sentinel(let terms): ask(terms, left: terms.nodes.count, completion)
        }
    }

    /// What a reply says of another place. True: look again at once.
    func learn(from error: String, askedAt endpoint: RedisEndpoint) -> Bool {
        guard case .moved(_, .tcp(let host, let port)) = ReplyError.classify(error) else { return false }
        // A node that does not know its own name says none: it is on the asked one's host.
        if host.isEmpty, case .tcp(let asked, _) = endpoint {
            moved = .tcp(host: asked, port: port)
        } else {
            moved = .tcp(host: host, port: port)
        }
        return true
    }

    private func ask(_ terms: SentinelSettings, left: Int, _ completion: @escaping (RedisEndpoint?) -> Void) {
        guard left > 0 else { return completion(nil) }
        var settings = RedisSettings(endpoint: terms.nodes[0])
        (settings.username, settings.password) = (terms.username, terms.password)
        let link = KeyLink(settings, on: eventLoop, connector: sentinelConnector)
        asking = link
        let node = terms.nodes[next % terms.nodes.count]
        let question = ["SENTINEL", "GET-MASTER-ADDR-BY-NAME", terms.master].map { Array($0.utf8) }
        link.open(node) { [weak self] failure in
            guard failure == nil else {
                self?.next += 1
                self?.ask(terms, left: left - 1, completion)
                return
            }
            link.send(question) { reply in
                link.close()
                guard let self else { return }
                if let host = reply?.string(0), let port = reply?.string(1).flatMap(Int.init) {
                    return completion(.tcp(host: host, port: port))
                }
                self.next += 1
                self.ask(terms, left: left - 1, completion)
            }
        }
    }
}
