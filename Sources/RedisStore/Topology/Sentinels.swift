import NIOCore

/// The Sentinels that know the master. All are asked at once: before every connection to the master, and each second
/// while there is one, because a master that was replaced may go on answering for a while.
final class Sentinels {
    /// For the answers of one round.
    static let roundNanoseconds: UInt64 = 200_000_000
    /// Between two rounds while the master is well.
    static let watchNanoseconds: UInt64 = 1_000_000_000

    let store: RedisLimitStore
    private var links: [SentinelLink] = []
    private var poll = MasterPoll(sentinels: 0)
    /// Who waits for this round; nil: the watch.
    private var asker: ((RedisEndpoint?) -> Void)?
    private var isRoundOpen = false
    private var end: Scheduled<Void>?
    private var watch: Scheduled<Void>?

    init(store: RedisLimitStore) { self.store = store }

    /// As they are configured now: a reload may bring other credentials.
    var terms: SentinelSettings {
        guard case .sentinel(let terms) = store.settings.topology else { preconditionFailure("made for Sentinel") }
        return terms
    }

    /// Finds the master; nil: nobody knows it.
    func locate(_ completion: @escaping (RedisEndpoint?) -> Void) {
        asker?(nil)
        asker = completion
        begin()
    }

    func close() {
        end?.cancel()
        watch?.cancel()
        asker = nil
        isRoundOpen = false
        for link in links { link.drop() }
        links = []
    }

    private func begin() {
        if links.isEmpty { links = terms.nodes.indices.map { SentinelLink(self, index: $0) } }
        poll = MasterPoll(sentinels: links.count)
        isRoundOpen = true
        watch?.cancel()
        end?.cancel()
        end = schedule(Sentinels.roundNanoseconds) { $0.conclude(by: \.best) }
        for link in links { link.ask() }
    }

    /// - Parameter master: nil if this Sentinel cannot say.
    func received(_ master: RedisEndpoint?, from sentinel: Int) {
        guard isRoundOpen else { return }
        poll.receive(master, from: sentinel)
        if poll.agreed != nil { conclude(by: \.agreed) } else if poll.isComplete { conclude(by: \.best) }
    }

    private func conclude(by verdict: KeyPath<MasterPoll, RedisEndpoint?>) {
        guard isRoundOpen else { return }
        isRoundOpen = false
        end?.cancel()
        let waiting = asker
        asker = nil
        watch = schedule(Sentinels.watchNanoseconds * 3 / 4 + store.random() % (Sentinels.watchNanoseconds / 4)) {
            $0.begin()
        }
        if let waiting { return waiting(poll[keyPath: verdict]) }
        // A master that works is left only for one that most Sentinels name.
        if let node = store.node, let agreed = poll.agreed, agreed != node.endpoint {
            node.retire(.failedOver, at: node.clock())
        }
    }

    private func schedule(_ nanoseconds: UInt64, _ body: @escaping (Sentinels) -> Void) -> Scheduled<Void> {
        let bound = NIOLoopBound((self, body), eventLoop: store.eventLoop)
        return store.eventLoop.scheduleTask(in: .nanoseconds(Int64(nanoseconds))) { bound.value.1(bound.value.0) }
    }
}
