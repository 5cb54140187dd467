import NIOCore

/// The Sentinels as the key store asks them: all at once, over connections that are kept.
final class KeySentinels {
    /// For the answers of one round: nobody's check waits for them, and the first round has to connect.
    static let roundTime = KeyLink.deadline

    private let terms: SentinelSettings
    private let eventLoop: any EventLoop
    private let connector: any RedisConnector
    private var links: [KeyLink?]
    private var poll = MasterPoll(sentinels: 0)
    /// Which round it is: answers to an earlier question count for nothing.
    private var round = 0
    private var asker: ((_ master: RedisEndpoint?, _ isAgreed: Bool) -> Void)?
    private var end: Scheduled<Void>?

    init(_ terms: SentinelSettings, on eventLoop: any EventLoop, connector: any RedisConnector) {
        (self.terms, self.eventLoop, self.connector) = (terms, eventLoop, connector)
        links = Array(repeating: nil, count: terms.nodes.count)
    }

    /// - Parameter completion: the master that more than half of them name, as soon as that is known; else, once no
    ///   more answers will come, the one that most name, and that it is not agreed. Nil: nobody knows.
    func ask(_ completion: @escaping (_ master: RedisEndpoint?, _ isAgreed: Bool) -> Void) {
        conclude(nil, isAgreed: false)
        round += 1
        asker = completion
        poll = MasterPoll(sentinels: links.count)
        let bound = NIOLoopBound((sentinels: self, round: round), eventLoop: eventLoop)
        end = eventLoop.scheduleTask(in: Self.roundTime) {
            let (sentinels, round) = bound.value
            if sentinels.round == round { sentinels.conclude(sentinels.poll.best, isAgreed: false) }
        }
        for index in links.indices { ask(index) }
    }

    func close() {
        asker = nil
        end?.cancel()
        for link in links { link?.close() }
        links = Array(repeating: nil, count: links.count)
    }

    private func ask(_ index: Int) {
        if let link = links[index], link.state == .ready { return question(link, index) }
        // One that is still on its way asks when it is there.
        if let link = links[index], link.state != .lost { return }
        var settings = RedisSettings(endpoint: terms.nodes[index])
        (settings.username, settings.password) = (terms.username, terms.password)
        let link = KeyLink(settings, on: eventLoop, connector: connector)
        links[index] = link
        link.open(terms.nodes[index]) { [weak self, weak link] failure in
            guard let self, let link, self.links[index] === link else { return }
            if failure == nil { self.question(link, index) } else { self.receive(nil, from: index, in: self.round) }
        }
    }

    private func question(_ link: KeyLink, _ index: Int) {
        let words = ["SENTINEL", "GET-MASTER-ADDR-BY-NAME", terms.master].map { Array($0.utf8) }
        let round = round
        link.send(words) { [weak self] reply in
            var master: RedisEndpoint?
            if let host = reply?.string(0), let port = reply?.string(1).flatMap(Int.init) {
                master = .tcp(host: host, port: port)
            }
            self?.receive(master, from: index, in: round)
        }
    }

    private func receive(_ master: RedisEndpoint?, from index: Int, in round: Int) {
        guard round == self.round, asker != nil else { return }
        poll.receive(master, from: index)
        if let agreed = poll.agreed { return conclude(agreed, isAgreed: true) }
        if poll.isComplete { conclude(poll.best, isAgreed: false) }
    }

    private func conclude(_ master: RedisEndpoint?, isAgreed: Bool) {
        end?.cancel()
        let asker = asker
        self.asker = nil
        asker?(master, isAgreed)
    }
}
