import Bytes
import Domain
import Limits
import NIOCore

/// The loop's way back into a node, without a closure per tick: made once, and sound to share because it is only
/// ever run on the loop.
final class Turn {
    let flush: @Sendable () -> Void

    init(_ node: RedisNode, _ eventLoop: any EventLoop) {
        let bound = NIOLoopBound(node, eventLoop: eventLoop)
        flush = { bound.value.flush() }
    }
}

/// One Redis server as one worker sees it: its connection and the breaker, the checks that wait for it and the calls
/// that are out. What a check's answer or its lack means, the store decides.
///
/// The checks of one loop tick collect in a queue and leave together at its end.
final class RedisNode: RedisPeer {
    /// Script calls that may be out at once on the connection (limits.md 9).
    static let callsMax = 4
    /// In a cluster, where a call has the buckets of one slot: about as many buckets as four full calls.
    static let clusterCallsMax = 128
    /// In a cluster there are many nodes, each with a queue.
    static let clusterQueue = 512
    /// For name lookup, TCP, TLS and the handshake together. With the longest pause of the breaker it stays under the
    /// two seconds in which a store must have found Redis again.
    static let connectNanoseconds: UInt64 = 500_000_000
    /// Commands apart from checks that may wait for their replies.
    static let commandsMax = 256

    /// What a reply answers. Redis answers in order, so this is a queue.
    enum Expected {
        case handshake
        /// A reply of no interest: the script was loaded again.
        case ignored
        case call(ScriptCall)
        case command(ColdCommand)
    }

    enum Phase { case idle, connecting, ready, retiring, closed }

    /// Cyclic while the node is open: the store lets go of its nodes when it closes.
    let store: RedisLimitStore
    let eventLoop: any EventLoop
    /// Where it is. Sentinel moves it.
    var endpoint: RedisEndpoint

    var health = StoreHealth.connecting
    var phase = Phase.idle
    var connection: RedisConnection?
    var handshake: Handshake
    var expected: ContiguousArray<Expected> = []
    var commandsOut = 0
    /// In the order of `StoreScript.allCases`.
    var digests: ContiguousArray<ContiguousArray<UInt8>> = []
    /// How far the store's clock, in microseconds, was ahead of ours when it last spoke; behind by the way here.
    var storeOffset: Int64 = 0
    var breaker = Breaker()
    var retry: Scheduled<Void>?
    /// Whether this connection has reported a value that is no bucket.
    var sawUnreadable = false

    let isInCluster: Bool
    private(set) var isLeaving = false
    var waiting: WaitingQueue
    var leaseTraffic = LeaseTraffic()
    let callsMax: Int
    /// Made as they are needed and kept.
    var idleCalls: ContiguousArray<ScriptCall> = []
    var callsInFlight = 0
    var command = CommandEncoder()
    var outbound = ByteBuffer()
    var flushIsDue = false
    var alarm: Scheduled<Void>?
    /// Cyclic while the node is open: `close` breaks it.
    var turn: Turn?

    init(store: RedisLimitStore, endpoint: RedisEndpoint) {
        self.store = store
        self.endpoint = endpoint
        eventLoop = store.eventLoop
        isInCluster = store.isCluster
        callsMax = isInCluster ? RedisNode.clusterCallsMax : RedisNode.callsMax
        waiting = WaitingQueue(capacity: isInCluster ? RedisNode.clusterQueue : WaitingQueue.capacity)
        handshake = Handshake(settings: store.settings)
        super.init()
        turn = Turn(self, eventLoop)
    }

    /// Begins to connect. Until that succeeds, nothing is taken.
    func start() {
        if phase == .idle { connect() }
    }

    /// Hands what waits and what is out back to the store and closes the connection. Of no use afterwards.
    func close() {
        if phase == .closed { return }
        phase = .closed
        retry?.cancel()
        abandonConnection(.closed)
        alarm?.cancel()
        turn = nil
    }

    /// Takes a check to Redis. False: not now.
    func take(_ entry: WaitingQueue.Entry) -> Bool {
        guard isOpen, !waiting.isFull else {
            if isOpen { store.tallies.queueFull &+= 1 } else { store.tallies.checksBreakerOpen &+= 1 }
            return false
        }
        waiting.insert(entry)
        if phase == .ready { scheduleFlush() } else { armAlarm(at: clock()) }
        return true
    }

    /// Takes an ask or a return to Redis, with the checks of this tick. False: not now.
    func take(_ ask: LeaseTraffic.Ask) -> Bool {
        guard isOpen, leaseTraffic.append(ask) else { return false }
        scheduleFlush()
        return true
    }

    func take(_ item: LeaseTraffic.Return) -> Bool {
        guard isOpen, leaseTraffic.append(item) else { return false }
        scheduleFlush()
        return true
    }

    /// In a cluster, a check may wait for a node's first connection: a slot that moves there is not an outage.
    private var isOpen: Bool {
        !isLeaving && (phase == .ready || (isInCluster && phase == .connecting && health == .connecting))
    }

    /// Lets what was asked be answered, then closes: the cluster's map has the node no more.
    func leaveWhenAnswered() {
        isLeaving = true
        closeIfDone()
    }

    func closeIfDone() {
        if isLeaving, phase != .ready || (callsInFlight == 0 && commandsOut == 0 && !hasWork) { close() }
    }

    override func received(_ reply: ReplyReader, on connection: RedisConnection) { dispatch(reply, connection) }

    override func lost(_ connection: RedisConnection, _ reason: RedisFailure) { leave(connection, reason) }

    /// For EVALSHA. Of a node that is ready.
    func digest(of script: StoreScript) -> ContiguousArray<UInt8> {
        let index = script.rawValue
        return index < digests.count ? digests[index] : []
    }

    /// About what the store's clock says, in microseconds: calendars need to know the window it is in.
    func storeMicros(at now: UInt64) -> Int64 { Int64(now / 1_000) &+ storeOffset }
    var storeMicros: Int64 { storeMicros(at: clock()) }

    func noteTime(_ reply: ReplyReader) {
        if reply.kind == .array, let time = reply.integers.first { storeOffset = time &- Int64(clock() / 1_000) }
    }

    /// The loop's own clock, which a simulation turns by hand.
    func clock() -> UInt64 { eventLoop.now.uptimeNanoseconds }
}
