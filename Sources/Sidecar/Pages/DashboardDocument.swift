import Bytes
import Configuration
import Domain
import NIOHTTP1
import RedisStore
import Synchronization
import Telemetry

/// What one worker has to say for the dashboard, copied on its own loop.
struct DashboardShard: Sendable {
    let checks: CheckMetrics
    let counters: StoreCounters
    let state: StoreState
    let limited: LimitedSubjects?
    let modes: [String]

    init(_ worker: Worker) {
        checks = worker.metrics
        counters = worker.storeCounters
        state = worker.storeState
        limited = worker.limited
        modes = worker.gate.snapshot.settings.auth.providers.map(\.name)
    }
}

/// `GET /dashboard.json`: counters since the start, and who is refused most. The page asks once a second and draws the
/// differences; nothing is kept here for it.
struct DashboardDocument {
    private let shards: [DashboardShard]
    private let readiness: Readiness
    private let now: UInt64
    private var checks = CheckMetrics()

    /// Subjects shown.
    static let subjectsMax = 12

    /// - Parameter now: monotonic nanoseconds.
    init(_ shards: [DashboardShard], _ readiness: Readiness, at now: UInt64) {
        self.shards = shards
        self.readiness = readiness
        self.now = now
        for shard in shards { checks.add(shard.checks) }
    }

    var report: AdminReport {
        var body = ByteWriter(reserving: 8_192)
        body.write(
            JSONObject([
                ("at_ms", number(now / 1_000_000)), ("version", .string(BuildInfo.version)),
                ("workers", number(UInt64(shards.count))), ("auth", .array((shards[0].modes).map(JSONValue.string))),
                ("draining", .bool(readiness.isDraining.load(ordering: .relaxed))),
                ("checks", .object(decisions)), ("latency", histogram(checks.duration)),
                ("connections", .object(connections)), ("limits", .array(limits)), ("store", .object(store)),
                ("limited", .object(limited)),
            ]))
        return AdminReport(status: .ok, type: "application/json", body: body.bytes, fields: PageFiles.secured)
    }

    /// `{"allow":9,"deny":{"over_limit":1}}`; a reason that never was is left out.
    private var decisions: JSONObject {
        let dialects = Dialect.allCases.map(Optional.some) + [nil]
        func total(_ decision: Decision) -> UInt64 {
            dialects.reduce(0) { $0 + checks.count(decision, dialect: $1) }
        }
        let denied = DenyReason.allCases.map { ("\($0.name)", total(.deny($0))) }.filter { $0.1 > 0 }
        return JSONObject([
            ("allow", number(total(.allow))),
            ("deny", .object(JSONObject(denied.map { ($0.0, number($0.1)) }))),
        ])
    }

    private var connections: JSONObject {
        JSONObject([
            ("open", .number(JSONNumber(checks.connectionsOpen))), ("opened", number(checks.connectionsOpened)),
            ("refused", number(checks.connectionsRefused)),
        ])
    }

    private var limits: [JSONValue] {
        checks.limits.names.enumerated().map { slot, name in
            let outcomes = LimitOutcome.allCases.map { ($0.name, number(checks.limits.count(slot, $0))) }
            return .object(JSONObject([("name", .string(name))] + outcomes))
        }
    }

    /// How the worst worker's store is, and what asking it takes where it is asked over a network.
    private var store: JSONObject {
        let state = shards.map(\.state).max { $0.severity < $1.severity } ?? .memory
        var members: [(String, JSONValue)] = [
            ("state", .string(state.name)), ("severity", number(UInt64(state.severity))),
            ("refuses", .bool(state.isBlocking)), ("cause", state.cause.map(JSONValue.string) ?? .null),
            ("warnings", .array(state.warnings.map(JSONValue.string))),
        ]
        var (durations, failed, without, isRemote) = (DurationHistogram(), UInt64(0), UInt64(0), false)
        for shard in shards {
            guard case .redis(let redis) = shard.counters else { continue }
            isRemote = true
            durations.add(redis.durations)
            failed += redis.callsError + redis.callsTimeout + redis.callsDisconnected
            without += redis.decidedLocal + redis.decidedOpen + redis.decidedClosed + redis.decidedDefer
        }
        if isRemote {
            members += [
                ("calls", histogram(durations)), ("failed", number(failed)), ("decided_without", number(without)),
            ]
        }
        return JSONObject(members)
    }

    private var limited: JSONObject {
        var all = LimitedSubjects()
        let seconds = now / 1_000_000_000
        for shard in shards { if let part = shard.limited { all.merge(part, at: seconds) } }
        let (standings, total) = all.top(DashboardDocument.subjectsMax, at: seconds)
        let subjects = standings.map { standing in
            JSONValue.object(
                JSONObject([
                    ("limit", .string(standing.subject.limit)), ("per", .string(standing.subject.per)),
                    ("subject", .string(standing.subject.name)), ("at_least", number(standing.atLeast)),
                    ("at_most", number(standing.atMost)),
                ]))
        }
        return JSONObject([
            ("seconds", number(LimitedSubjects.coveredSeconds(at: seconds))), ("refusals", number(total)),
            ("subjects", .array(subjects)),
        ])
    }

    /// `{"upper_us":[25,…],"counts":[…],"sum_ns":…}`: not cumulative, and one count more than bounds.
    private func histogram(_ histogram: DurationHistogram) -> JSONValue {
        let counts = (0..<DurationHistogram.upperBounds.count + 1).map { number(histogram.counts[$0]) }
        return .object(
            JSONObject([
                ("upper_us", .array(DurationHistogram.upperBounds.map(number))), ("counts", .array(counts)),
                ("sum_ns", number(histogram.sumNanoseconds)),
            ]))
    }

    private func number(_ value: UInt64) -> JSONValue { .number(JSONNumber(Int64(clamping: value))) }
}
