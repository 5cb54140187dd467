import Testing

/// One Postern and one Redis under load, through every fault, with the stretches of time that each lasted.
final class FaultRun {
    typealias Stretch = (start: Double, end: Double)

    /// With 50 ms more this is a bucket's edge of Postern's histograms.
    private static let deadlineMillis = 50
    /// Seconds.
    static let slowest = 0.1
    /// A second after its return Redis may not have been found yet; two seconds after, it must have.
    private static let recovery = 2.0
    /// What an outage has to be noticed in: the deadline, and time for answers under way.
    private static let notice = 0.3

    static let replicas = 4.0
    /// A second, and at once: `local` is limited, the others are not.
    static let rate = 80.0
    static let burst = 80.0

    let redis: Redis
    let postern: Postern
    let load: Load
    private let mode: FaultyMode
    private(set) var healthy: [Stretch] = []
    private(set) var outages: [Stretch] = []

    init(_ mode: FaultyMode) throws {
        self.mode = mode
        let redis = try Redis()
        let postern = try Postern(FaultRun.configuration(mode, redis))
        (self.redis, self.postern) = (redis, postern)
        guard try eventually(within: 5, { try postern.metrics().sum("postern_store_up") == 1 }) else {
            throw HarnessFailure("Redis was not found")
        }
        let request = LoadRequest(target: "/envoy/invoke", key: "fault-test-key-0001")
        load = Load(ports: [postern.port], threads: 4, requests: [request], pauseSeconds: 0.002)
    }

    func play() throws {
        try stayHealthy(seconds: 0.4)
        redis.freeze()
        try outage(seconds: 0.8)
        redis.thaw()
        try recover("thawed")
        try stayHealthy(seconds: 0.4)
        redis.kill()
        try outage(seconds: 0.6)
        try redis.restart()
        try recover("restarted")
        try stayHealthy(seconds: 0.4)
    }

    /// How many checks this mode decided.
    func decided(_ mode: FaultyMode) throws -> Double {
        try postern.metrics().sum("postern_store_decided_\(mode.rawValue)_total")
    }

    private func stayHealthy(seconds: Double) throws {
        let before = try decided(mode)
        let start = monotonicSeconds()
        pause(seconds: seconds)
        healthy.append((start, monotonicSeconds()))
        #expect(try decided(mode) == before, "Redis decided every check")
        #expect(postern.readiness == 200)
    }

    private func outage(seconds: Double) throws {
        pause(seconds: FaultRun.notice)
        let start = monotonicSeconds()
        pause(seconds: seconds)
        outages.append((start, monotonicSeconds()))
        #expect(postern.readiness == mode.readiness)
        #expect(try postern.metrics().sum("postern_store_up") == 0)
    }

    private func recover(_ what: String) throws {
        let isBack = try eventually(within: FaultRun.recovery) { try postern.metrics().sum("postern_store_up") == 1 }
        #expect(isBack, "\(what): not found within \(FaultRun.recovery) s")
        // Answers that were decided just before are still on their way.
        pause(seconds: 0.05)
    }

    private static func configuration(_ mode: FaultyMode, _ redis: Redis) -> String {
        let limit = mode == .local ? "\(Int(rate))/second, burst: \(Int(burst))" : "1000000/second, burst: 1000000"
        return """
            redis:
              url: "\(redis.url)"
              deadline_ms: \(deadlineMillis)
              on_failure: \(mode.rawValue)
              replicas: \(Int(replicas))
            auth:
              mode: api_key
              rate_limit_backend: redis
              api_keys:
                keys:
                  - {id: one, key: fault-test-key-0001}
            limits:
              - {name: all, per: subject, rate: \(limit)}
            """
    }
}
