public import Limits
public import NIOCore

/// Buckets in Redis, decided by `spend.lua`. One per worker; everything here happens on its event loop.
public final class RedisLimitStore: LimitStore {
    public private(set) var health = StoreHealth.connecting
    /// Read from the last connection.
    public private(set) var warnings: [RedisWarning] = []
    public var counters: RedisCounters { RedisCounters() }

    public init(settings: RedisSettings, eventLoop: any EventLoop, log: @escaping (RedisEvent) -> Void) {
    }

    /// Begins to connect. Until it succeeds, checks are decided by the failure mode.
    public func start() {}

    public func spend(_ spend: Spend, at now: UInt64) -> Bool { true }

    /// Takes settings of which only others than the connection's changed; see `RedisSettings.sharesConnection`.
    public func replace(_ settings: RedisSettings) {}

    /// Answers what is waiting by the failure mode and closes the connection.
    public func close() -> EventLoopFuture<Void> { fatalError("next commit") }
}
