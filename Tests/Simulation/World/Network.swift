import NIOCore

@testable import RedisStore

/// What lies between workers and servers. Within a connection bytes keep their order, as TCP's do; across connections
/// nothing is promised. It delays, holds back, swallows, splits and cuts.
final class Network {
    let timeline: Timeline
    let dice: Dice
    /// One way, in nanoseconds.
    static let usualLatency: ClosedRange<Int64> = 50_000...300_000
    var latency = Network.usualLatency
    /// Percent of messages that arrive in two parts.
    var splits: Int64 = 20
    /// Nothing arrives before this, as when packets are lost until TCP sends them again.
    private var heldUntil: Int64 = 0
    private var links: [Link] = []
    private var servers: [Int: SimulatedServer] = [:]
    /// Workers that reach nobody: what they send is swallowed, and so is what is sent to them.
    var unreachable: Set<Int> = []
    /// Percent of the messages to a server that arrive twice: what a client does that sends an unknown call again.
    var repeats: Int64 = 0

    init(timeline: Timeline, dice: Dice) {
        self.timeline = timeline
        self.dice = dice
    }

    func add(_ server: SimulatedServer, port: Int) { servers[port] = server }

    func hold(for nanoseconds: Int64) { heldUntil = max(heldUntil, timeline.now + nanoseconds) }

    /// When what is sent now arrives.
    func arrival() -> Int64 { max(timeline.now, heldUntil) + dice.roll(latency) }

    func connect(
        _ connection: RedisConnection, to endpoint: RedisEndpoint, on loop: SimulatedLoop, worker: Int
    ) -> EventLoopFuture<any Channel> {
        let promise = loop.makePromise(of: (any Channel).self)
        guard case .tcp(_, let port) = endpoint, let server = servers[port], !unreachable.contains(worker) else {
            // Longer than any connect timeout.
            timeline.after(5_000_000_000) { loop.deliver { promise.fail(ChannelError.eof) } }
            return promise.futureResult
        }
        timeline.at(arrival()) { [self] in
            guard server.isUp else {
                return timeline.at(arrival()) { loop.deliver { promise.fail(ChannelError.eof) } }
            }
            let link = Link(network: self, server: server, loop: loop, worker: worker)
            links.append(link)
            server.accept(link)
            timeline.at(arrival()) {
                loop.deliver {
                    link.open(connection)
                    if let channel = link.channel { promise.succeed(channel) }
                }
            }
        }
        return promise.futureResult
    }

    /// Resets some connections: what is under way may arrive or not.
    func cut(where chosen: (Link) -> Bool) {
        for link in links where chosen(link) { link.cut() }
        links.removeAll { $0.isCut }
    }

    func cutAll(to server: SimulatedServer) { cut { $0.server === server } }

    /// From now on nothing arrives over these connections, and no end of them is told.
    func swallow(where chosen: (Link) -> Bool) { for link in links where chosen(link) { link.isSwallowing = true } }

    func end() {
        for link in links { link.channel?.end() }
        links = []
    }
}

/// One connection.
final class Link {
    let server: SimulatedServer
    let worker: Int
    private(set) var channel: SimulatedChannel?
    private(set) var isCut = false
    var isSwallowing = false

    private unowned let network: Network
    private let loop: SimulatedLoop
    private var lastToServer: Int64 = 0
    private var lastToClient: Int64 = 0

    init(network: Network, server: SimulatedServer, loop: SimulatedLoop, worker: Int) {
        self.network = network
        self.server = server
        self.loop = loop
        self.worker = worker
    }

    /// On the loop: the connection is there.
    func open(_ connection: RedisConnection) {
        let channel = SimulatedChannel.open(on: loop, handler: connection)
        self.channel = channel
        // A cycle until the channel closes.
        channel.onWrite = { [self] in toServer($0) }
        channel.onClose = { [self] in
            lastToServer = max(lastToServer, network.arrival())
            network.timeline.at(lastToServer) { [self] in server.forget(self) }
        }
        if isCut { channel.receiveEnd() }
    }

    func reply(_ text: String) {
        for part in parts(ByteBuffer(string: text)) {
            lastToClient = max(lastToClient, network.arrival())
            network.timeline.at(lastToClient) { [self] in
                if isLost { return }
                loop.deliver { [self] in channel?.receive(part) }
            }
        }
    }

    private func toServer(_ bytes: ByteBuffer) {
        let copies = network.repeats > 0 && network.dice.chance(network.repeats) ? 2 : 1
        for part in parts(bytes, copies: copies) {
            lastToServer = max(lastToServer, network.arrival())
            network.timeline.at(lastToServer) { [self] in
                if !isLost { server.receive(part, from: self) }
            }
        }
    }

    private var isLost: Bool {
        isSwallowing || network.unreachable.contains(worker) || (isCut && network.dice.chance(50))
    }

    private func parts(_ bytes: ByteBuffer, copies: Int = 1) -> [ByteBuffer] {
        if copies == 2 { return [bytes, bytes] }
        guard bytes.readableBytes > 1, network.dice.chance(network.splits) else { return [bytes] }
        var rest = bytes
        let cut = Int(network.dice.roll(1...Int64(bytes.readableBytes - 1)))
        guard let first = rest.readSlice(length: cut) else { return [bytes] }
        return [first, rest]
    }

    func cut() {
        isCut = true
        server.forget(self)
        network.timeline.at(network.timeline.now + network.dice.roll(network.latency)) { [self] in
            if network.unreachable.contains(worker) || isSwallowing { return }
            loop.deliver { [self] in channel?.receiveEnd() }
        }
    }
}

/// How a simulated worker's store comes to its servers.
struct SimulatedConnector: RedisConnector {
    let network: Network
    let loop: SimulatedLoop
    let worker: Int

    func connect(
        _ connection: RedisConnection, to endpoint: RedisEndpoint, on eventLoop: any EventLoop
    ) -> EventLoopFuture<any Channel> {
        network.connect(connection, to: endpoint, on: loop, worker: worker)
    }
}
