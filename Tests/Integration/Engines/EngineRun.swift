import Testing

/// Posterns on one store under load, and what may be said of their answers afterwards.
///
/// Every subject meets the limit `narrow`, and all together meet `wide` where there is one.
final class EngineRun {
    struct Terms {
        var narrow = Bucket(rate: 20, burst: 40)
        var wide: Bucket?
        var subjects = 24
        var processes = 2
        /// Of each process. Without pauses a thread asks some thousand times a second.
        var threads = 3
        var pauseSeconds = 0.004
        var deadlineMillis = 250
    }

    struct Bucket {
        /// A second, and at once.
        var rate: Double
        var burst: Double
        var isLeased = false
        /// In words of a configuration, where the rate is not whole.
        var text: String?

        var yaml: String {
            let precision = isLeased ? ", precision: leased" : ""
            return "rate: \(text ?? "\(Int(rate))/second"), burst: \(Int(burst))\(precision)"
        }
    }

    /// What the engine's recovery may be followed by until every check is decided by it again.
    static let recoverySeconds = 2.0
    /// Answers that were under way when the recovery ended.
    private static let slackSeconds = 0.3

    let terms: Terms
    let posterns: [Postern]
    let load: Load
    private let begun: RedisClock.Mark?
    private let clockPort: UInt16?

    /// - Parameters:
    ///   - store: the lines of `redis:` that say where it is.
    ///   - clockPort: an engine whose clock counts and who lives as long as the run; none where the machine's will do.
    ///   - prepare: what is asked of the first Postern before the load.
    init(
        _ store: String, _ terms: Terms = Terms(), clockPort: UInt16? = nil,
        prepare: (Postern) throws -> Void = { _ in }
    ) throws {
        self.terms = terms
        let text = EngineRun.configuration(store, terms)
        let posterns = try (0..<terms.processes).map { _ in try Postern(text) }
        self.posterns = posterns
        for postern in posterns {
            let isUp = try eventually(within: 5) { try postern.metrics().sum("postern_store_up") == 1 }
            guard isUp else { throw HarnessFailure("the store was not found:\n\(postern.program.output)") }
        }
        try prepare(posterns[0])
        self.clockPort = clockPort
        begun = try clockPort.map { try RedisClock(port: $0).mark() }
        load = Load(
            ports: posterns.map(\.port), threads: terms.threads, requests: SharedQuota.requests(terms.subjects),
            pauseSeconds: terms.pauseSeconds)
    }

    private static func configuration(_ store: String, _ terms: Terms) -> String {
        let behaviour = "deadline_ms: \(terms.deadlineMillis), on_failure: closed"
        let narrow = "{name: narrow, per: subject, \(terms.narrow.yaml)}"
        let wide = terms.wide.map { "  - {name: wide, per: tenant, \($0.yaml)}\n" }
        return
            "redis: {\(store), \(behaviour)}\n\(SharedQuota.auth(terms.subjects))limits:\n  - \(narrow)\n\(wide ?? "")"
    }

    /// Ends the load; its answers, all of them 200, 429 or, where `isOutage`, 403: the configured refusal.
    func finish(isOutage: Bool) throws -> [Load.Answer] {
        let answers = try load.stop()
        let statuses = Set(answers.statuses.keys)
        #expect(statuses.isSubset(of: isOutage ? [200, 429, 403] : [200, 429]), "\(answers.statuses)")
        #expect(answers.count(200) > 0)
        if let begun, let clockPort {
            let ended = try RedisClock(port: clockPort).mark()
            // The oracle counts on our clock: it must not have gone another way than the engine's.
            let drift = abs((ended.seconds - begun.seconds) - (ended.before - begun.after))
            #expect(drift < 0.05, "the clocks drifted apart by \(drift) s")
        }
        return answers
    }

    /// Limits.md 31 for every bucket. `lost` is the allowance of each subject, beyond the burst.
    func expectWithinLimits(_ answers: [Load.Answer], lost: (Int) -> Double = { _ in 0 }) {
        let admitted = answers.filter { $0.status == 200 }
        var allLost = 0.0
        for subject in 0..<terms.subjects {
            let own = admitted.filter { $0.request == subject }
            allLost += lost(subject)
            expect(own, terms.narrow, lost(subject), "subject \(subject)")
        }
        if let wide = terms.wide { expect(admitted, wide, allLost, "all") }
    }

    private func expect(_ admitted: [Load.Answer], _ bucket: Bucket, _ lost: Double, _ who: String) {
        let worst = WindowOracle.worst(admitted, rate: bucket.rate)
        #expect(worst.excess <= bucket.burst + lost + 1e-6, "\(who): \(worst), burst \(bucket.burst), lost \(lost)")
    }

    /// From two seconds after `moment`, when the engine was well again, everything is decided by it.
    func expectRecovered(_ answers: [Load.Answer], since moment: Double, until end: Double = .infinity) {
        let after = answers.filter { $0.sent > moment + Self.recoverySeconds && $0.received < end }
        #expect(!after.isEmpty)
        #expect(after.count(403) == 0, "\(after.statuses)")
        #expect(after.count(200) > 0)
    }

    /// Lets the load go on until recovery must be over, and a little longer.
    func awaitRecovery() { pause(seconds: Self.recoverySeconds + Self.slackSeconds) }
}
