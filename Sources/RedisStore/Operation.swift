/// One command apart from checks on its way: followed through a cluster's redirects and a forgotten script, because an
/// error reply is known to have done nothing (limits.md 23).
final class Operation {
    private let store: RedisLimitStore
    private let script: StoreScript?
    private let joined: UInt64
    private let encode: (RedisNode, inout CommandEncoder) -> Void
    private let completion: (ContiguousArray<Int64>?) -> Void
    private var redirects = 0
    private var wasReloaded = false

    init(
        store: RedisLimitStore, script: StoreScript?, joined: UInt64,
        encode: @escaping (RedisNode, inout CommandEncoder) -> Void,
        completion: @escaping (ContiguousArray<Int64>?) -> Void
    ) {
        self.store = store
        self.script = script
        self.joined = joined
        self.encode = encode
        self.completion = completion
    }

    func send(to node: RedisNode, asking: Bool = false) {
        let isSent = node.send(joined: joined, asking: asking) { command in
            encode(node, &command)
        } completion: { reply in
            guard let reply else { return self.completion(nil) }
            if reply.kind == .error { return self.failed(ReplyError.classify(reply.string(0)), on: node) }
            self.completion(reply.integers)
        }
        if !isSent { completion(nil) }
    }

    private func failed(_ error: ReplyError, on node: RedisNode) {
        switch error {
        case .scriptGone:
            guard let script, !wasReloaded else { return completion(nil) }
            wasReloaded = true
            store.tallies.scriptReloads &+= 1
            _ = node.send(joined: joined) {
                Handshake.encodeLoad(script, into: &$0)
            } completion: { _ in
            }
            send(to: node)
        case .moved, .ask, .tryAgain:
            redirects += 1
            store.tallies.redirects &+= 1
            guard redirects <= Cluster.redirectsMax, let target = store.cluster?.target(of: error, from: node) else {
                return completion(nil)
            }
            var asking = false
            if case .ask = error { asking = true }
            send(to: target, asking: asking)
        case .wrongType: completion([])
        case .unserved: completion(nil)
        case .failure(let reason):
            completion(nil)
            node.retire(reason, at: node.clock())
        }
    }
}
