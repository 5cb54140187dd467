import Bytes
import Domain
import Limits
import NIOCore

/// A Redis Cluster as one worker sees it: the map of slots, and a node with one connection for each master.
///
/// The map comes with every handshake, is asked for again when a node is lost, a slot has moved or nobody serves one,
/// and each MOVED corrects it at once. A check goes to the master of its slot; one over several, to each in turn.
final class Cluster {
    /// Between two questions for the map while something is wrong.
    static let refreshNanoseconds: UInt64 = 100_000_000
    /// How often one check follows MOVED, ASK and TRYAGAIN: a slot on its way may need two, and nothing was spent.
    static let redirectsMax = 4

    let store: RedisLimitStore
    private let seeds: [RedisEndpoint]
    /// Those of the map first, in its order; then seeds and what a MOVED named since.
    private(set) var nodes: ContiguousArray<RedisNode> = []
    /// For each slot the index of its node.
    private var owners = ContiguousArray<UInt16>(repeating: ClusterMap.unserved, count: HashSlot.count)
    private var map: ClusterMap?
    private var refresh: Scheduled<Void>?
    private var isAsked = false
    private var isClosed = false

    var splits = SplitChecks()

    init(store: RedisLimitStore, seeds: [RedisEndpoint]) {
        self.store = store
        self.seeds = seeds
    }

    func start() {
        for seed in seeds { node(at: seed).start() }
    }

    func close() {
        isClosed = true
        refresh?.cancel()
        for node in nodes { node.close() }
        nodes = []
        owners = ContiguousArray(repeating: ClusterMap.unserved, count: HashSlot.count)
    }

    // === Checks

    /// Takes a check to the master of its slot. False: not now.
    func take(_ spend: Spend, joined: UInt64) -> Bool {
        guard let first = spend.charges.first else { return false }
        let slot = HashSlot.of(first.key.owner)
        for index in 1..<max(1, spend.charges.count) {
            let owner = spend.charges[index].key.owner
            if owner != first.key.owner, HashSlot.of(owner) != slot { return split(spend, joined: joined) }
        }
        return take(WaitingQueue.Entry(spend: spend, joined: joined, slot: UInt16(slot)))
    }

    func take(_ entry: WaitingQueue.Entry) -> Bool {
        guard let node = node(ofSlot: Int(entry.slot)) else {
            store.tallies.checksBreakerOpen &+= 1
            return false
        }
        return node.take(entry)
    }

    func node(ofSlot slot: Int) -> RedisNode? {
        let owner = Int(owners[slot])
        return owner < nodes.count ? nodes[owner] : nil
    }

    // === The map

    /// A node said how it sees the cluster.
    func learn(_ reply: ReplyReader, from node: RedisNode) {
        var host = ""
        if case .tcp(let name, _) = node.endpoint { host = name }
        guard !isClosed, let map = ClusterMap(reply, askedOf: host), !map.masters.isEmpty else { return }
        install(map, toldBy: node)
        look()
    }

    /// Keeps the nodes that are masters, adds those that are new, and lets go of the others once what they were asked
    /// is answered. The one that told is let go of by its own handshake, if it is a replica.
    private func install(_ map: ClusterMap, toldBy: RedisNode) {
        var former = nodes
        nodes = ContiguousArray(
            map.masters.map { endpoint in
                if let known = former.firstIndex(where: { $0.endpoint == endpoint }) { return former.remove(at: known) }
                return RedisNode(store: store, endpoint: endpoint)
            })
        owners = map.owners
        self.map = map
        for node in nodes { node.start() }
        for node in former { node.leaveWhenAnswered() }
        store.judge(self)
    }

    /// Asks again, soon, while something is wrong.
    func look() {
        guard !isClosed, refresh == nil, !isWell else { return }
        let bound = NIOLoopBound(self, eventLoop: store.eventLoop)
        let pause = Cluster.refreshNanoseconds / 2 + store.random() % Cluster.refreshNanoseconds
        refresh = store.eventLoop.scheduleTask(in: .nanoseconds(Int64(pause))) { bound.value.ask() }
    }

    private var mustAsk = false

    /// Whether the map holds, as far as we have seen.
    private var isWell: Bool { !mustAsk && map != nil && isWhole }

    /// Whether every slot has a node that can be asked.
    var isWhole: Bool { !owners.contains(ClusterMap.unserved) && nodes.allSatisfy { $0.phase == .ready } }

    private func ask() {
        refresh = nil
        guard !isClosed else { return }
        let ready = nodes.filter { $0.phase == .ready }
        if ready.isEmpty {
            // Every node may have another address by now; the configuration's are asked too.
            for seed in seeds { node(at: seed).start() }
            return look()
        }
        mustAsk = false
        let node = ready[Int(store.random() % UInt64(ready.count))]
        let isSent = node.send(joined: node.clock()) { command in
            Handshake.encodeSlots(into: &command)
        } completion: { [weak self] reply in
            if let self, let reply, reply.kind == .array { self.learn(reply, from: node) } else { self?.look() }
        }
        if !isSent { look() }
    }

    /// The node there, made if there is none.
    private func node(at endpoint: RedisEndpoint) -> RedisNode {
        if let known = nodes.first(where: { $0.endpoint == endpoint }) { return known }
        let node = RedisNode(store: store, endpoint: endpoint)
        nodes.append(node)
        return node
    }

    /// A slot has moved: believed at once, and the whole map is asked for.
    private func move(_ slot: Int, to endpoint: RedisEndpoint) -> RedisNode? {
        guard !isClosed, nodes.count < ClusterMap.mastersMax else { return nil }
        let node = node(at: endpoint)
        node.start()
        owners[slot] = UInt16(nodes.firstIndex { $0 === node } ?? 0)
        mustAsk = true
        look()
        return node
    }

    // === Redirects

    /// Sends what a call carried where the reply says. Nothing of it was spent.
    func redirect(_ call: ScriptCall, _ error: ReplyError, from node: RedisNode, at now: UInt64) {
        store.tallies.redirects &+= 1
        guard call.redirects < Cluster.redirectsMax, let target = target(of: error, from: node) else {
            if case .unserved = error {
                mustAsk = true
                look()
            }
            return node.abandonCall(call, at: now)
        }
        let redirects = UInt8(call.redirects + 1)
        var isAsking = false
        if case .ask = error { isAsking = true }
        for index in 0..<call.spends.count {
            let entry = WaitingQueue.Entry(
                spend: call.spends[index], joined: call.joined[index], slot: UInt16(call.slot), redirects: redirects,
                isAsking: isAsking)
            if !target.take(entry) { store.failed(entry.spend, joined: entry.joined, at: now) }
        }
        for item in call.returns {
            _ = target.take(LeaseTraffic.Return(item: item, table: call.limitTable, slot: UInt16(call.slot)))
        }
        for ask in call.asks {
            let item = LeaseTraffic.Ask(
                ask: ask, table: call.limitTable, slot: UInt16(call.slot), redirects: redirects, isAsking: isAsking)
            if !target.take(item) { store.answered(ask, under: call.limitTable, nil, sentAt: call.sentAt, at: now) }
        }
        node.release(call)
    }

    /// Where an error sends us; nil: nowhere.
    func target(of error: ReplyError, from node: RedisNode) -> RedisNode? {
        switch error {
        case .moved(let slot, let endpoint): return move(slot, to: named(endpoint, by: node))
        case .ask(let endpoint):
            let target = self.node(at: named(endpoint, by: node))
            target.start()
            return target
        case .tryAgain: return node
        case .scriptGone, .unserved, .wrongType, .failure: return nil
        }
    }

    /// An empty host is that of the node which spoke.
    private func named(_ endpoint: RedisEndpoint, by node: RedisNode) -> RedisEndpoint {
        guard case .tcp("", let port) = endpoint, case .tcp(let host, _) = node.endpoint else { return endpoint }
        return .tcp(host: host, port: port)
    }

    // === How the nodes are

    /// An owner whose bucket is on this node, for its probe; any at all where the map gives the node no slot.
    func probeOwner(for node: RedisNode) -> Digest128 {
        guard nodes.contains(where: { $0 === node }) else { return Digest128(high: 0, low: 0) }
        for low in 0..<UInt64(HashSlot.count) {
            let owner = Digest128(high: 0, low: low)
            if self.node(ofSlot: HashSlot.of(owner)) === node { return owner }
        }
        return Digest128(high: 0, low: 0)
    }
}
