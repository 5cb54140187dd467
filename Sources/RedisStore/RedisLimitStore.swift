import Bytes
import Domain
public import Limits
public import NIOCore

/// Buckets in Redis, decided by `spend.lua`. One per worker; everything here, `init` included, happens on its event
/// loop, and `now` is always that loop's clock in nanoseconds.
///
/// A check passes the deny cache, then the node that holds its buckets. One that Redis cannot decide in time, or at
/// all, is decided by the failure mode.
public final class RedisLimitStore: LimitStore {
    public internal(set) var health = StoreHealth.connecting
    /// As the last connection found them.
    public internal(set) var warnings: [RedisWarning] = []

    var settings: RedisSettings
    let eventLoop: any EventLoop
    let connector: any RedisConnector
    /// The Sentinels' TLS is their own.
    let sentinelConnector: any RedisConnector
    let random: () -> UInt64
    let log: (RedisEvent) -> Void
    let keyPrefix: ContiguousArray<UInt8>
    var tallies = RedisCounters()

    /// The one node, or the master that Sentinel names. Nil: a cluster, or the store is closed.
    var node: RedisNode?
    /// Who names the master; nil: no Sentinel, or the store is closed.
    var sentinels: Sentinels?
    /// Nil: no cluster, or the store is closed.
    var cluster: Cluster?
    private(set) lazy var leasing = Leasing(store: self, seed: random())

    var denyCache = DenyCache()
    var grace: FailureGrace
    let local: MemoryStore
    /// The local share of the table that was asked for last.
    var share: (of: LimitTable, table: LimitTable)?
    /// The charges of a check that are kept locally.
    let localPart = Spend { _ in }

    public convenience init(settings: RedisSettings, eventLoop: any EventLoop, log: @escaping (RedisEvent) -> Void) {
        self.init(
            settings: settings, eventLoop: eventLoop,
            connector: NIOConnector(tls: settings.tls, serverName: settings.tlsServerName),
            sentinelConnector: RedisLimitStore.connector(toSentinelsOf: settings),
            random: { .random(in: 0 ... .max) }, log: log)
    }

    private static func connector(toSentinelsOf settings: RedisSettings) -> (any RedisConnector)? {
        guard case .sentinel(let terms) = settings.topology else { return nil }
        return NIOConnector(tls: terms.tls, serverName: terms.tlsServerName)
    }

    /// - Parameter random: the store's only source of chance.
    init(
        settings: RedisSettings, eventLoop: any EventLoop, connector: any RedisConnector,
        sentinelConnector: (any RedisConnector)? = nil, random: @escaping () -> UInt64,
        log: @escaping (RedisEvent) -> Void
    ) {
        eventLoop.preconditionInEventLoop()
        self.connector = connector
        self.sentinelConnector = sentinelConnector ?? connector
        self.random = random
        self.settings = settings
        self.eventLoop = eventLoop
        self.log = log
        keyPrefix = ContiguousArray(settings.keyPrefix.utf8)
        grace = FailureGrace(seconds: settings.graceSeconds)
        local = MemoryStore(capacity: settings.fallbackCapacity, seed: random())
        switch settings.topology {
        case .node(let endpoint): node = RedisNode(store: self, endpoint: endpoint)
        case .sentinel(let terms):
            // The first address stands in until Sentinel has named one.
            node = RedisNode(store: self, endpoint: terms.nodes.first ?? .unix(path: ""))
            sentinels = Sentinels(store: self)
        case .cluster(let seeds): cluster = Cluster(store: self, seeds: seeds)
        }
    }

    var isCluster: Bool { if case .cluster = settings.topology { true } else { false } }

    public var counters: RedisCounters {
        var counters = tallies
        counters.denyCacheHits = denyCache.hits
        counters.lossyEvictions = local.lossyEvictions
        addLeases(to: &counters)
        return counters
    }

    /// Begins to connect. Until that succeeds, checks are decided by the failure mode.
    public func start() {
        eventLoop.preconditionInEventLoop()
        node?.start()
        cluster?.start()
    }

    /// Takes settings that share the connection; see `RedisSettings.sharesConnection`. Local shares start anew
    /// where their size changes, with what they have spent kept.
    public func replace(_ settings: RedisSettings) {
        precondition(settings.sharesConnection(with: self.settings), "other connection settings need another store")
        if settings.graceSeconds != self.settings.graceSeconds { grace = FailureGrace(seconds: settings.graceSeconds) }
        self.settings = settings
        share = nil
    }

    /// Gives leases back, for which Redis has one deadline's time, answers what is waiting by the failure mode and
    /// closes the connection. The store is of no use afterwards.
    public func close() -> EventLoopFuture<Void> {
        eventLoop.preconditionInEventLoop()
        let isOwing = leasing.close(at: eventLoop.now.uptimeNanoseconds)
        let closing = (node, cluster, sentinels)
        (node, cluster, sentinels) = (nil, nil, nil)
        if isOwing {
            let bound = NIOLoopBound(closing, eventLoop: eventLoop)
            return eventLoop.scheduleTask(in: .milliseconds(Int64(max(1, settings.deadlineMillis)))) {
                bound.value.0?.close()
                bound.value.1?.close()
                bound.value.2?.close()
            }.futureResult
        }
        closing.0?.close()
        closing.1?.close()
        closing.2?.close()
        return eventLoop.makeSucceededVoidFuture()
    }

    public func spend(_ spend: Spend, at now: UInt64) -> Bool {
        spend.begin()
        if spend.table.hasLeases { return leasing.spend(spend, joined: now, at: now) }
        return askUnlessDenied(spend, joined: now, at: now)
    }

    /// Hands a check to the node that holds its buckets. True: it is resolved, because none can be asked now.
    func ask(_ spend: Spend, joined: UInt64, at now: UInt64) -> Bool {
        if let node {
            if node.take(WaitingQueue.Entry(spend: spend, joined: joined)) { return false }
        } else if let cluster {
            if cluster.take(spend, joined: joined) { return false }
        } else {
            tallies.checksBreakerOpen &+= 1
        }
        decideWithoutRedis(spend, at: now)
        return true
    }
}
