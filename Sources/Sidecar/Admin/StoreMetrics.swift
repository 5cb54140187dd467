import Domain
import RedisStore
import Telemetry

/// The families that come from the limit stores.
enum StoreMetrics {
    static func write(_ counters: [StoreCounters], _ states: [StoreState], to text: inout PrometheusText) {
        var calls = [UInt64](repeating: 0, count: outcomes.count)
        var durations = DurationHistogram()
        var waits = DurationHistogram()
        var totals = [UInt64](repeating: 0, count: families.count)
        var buckets: UInt64 = 0
        for counter in counters {
            switch counter {
            case .none: break
            case .memory(let count, let evictions):
                buckets += UInt64(count)
                totals[0] += evictions
            case .redis(let redis):
                for (index, outcome) in outcomes.enumerated() { calls[index] += redis[keyPath: outcome.count] }
                for (index, family) in families.enumerated() { totals[index] += redis[keyPath: family.count] }
                durations.add(redis.durations)
                waits.add(redis.waits)
            }
        }
        text.family("postern_store_commands_total", "counter", help: "Calls to Redis, by outcome.")
        for (index, outcome) in outcomes.enumerated() {
            text.sample("postern_store_commands_total", labels: "outcome=\"\(outcome.label)\"", calls[index])
        }
        text.family("postern_store_duration_seconds", "histogram", help: "From a call's write to its reply.")
        text.histogram("postern_store_duration_seconds", durations)
        text.family("postern_store_wait_seconds", "histogram", help: "What a check waited for Redis, however it ended.")
        text.histogram("postern_store_wait_seconds", waits)
        for (index, family) in families.enumerated() {
            text.family(family.name, "counter", help: family.help)
            text.sample(family.name, totals[index])
        }
        text.family("postern_store_memory_buckets", "gauge", help: "Buckets in the embedded store.")
        text.sample("postern_store_memory_buckets", buckets)
        text.family("postern_store_up", "gauge", help: "1 while every worker can use the limit store.")
        text.sample("postern_store_up", states.allSatisfy { $0.severity == 0 } ? 1 : 0)
    }

    private static let outcomes: [(label: String, count: any KeyPath<RedisCounters, UInt64> & Sendable)] = [
        ("ok", \.callsOK), ("error", \.callsError), ("timeout", \.callsTimeout),
        ("disconnected", \.callsDisconnected), ("breaker_open", \.checksBreakerOpen), ("queue_full", \.queueFull),
    ]

    private struct Family: Sendable {
        var name: StaticString
        var help: StaticString
        var count: any KeyPath<RedisCounters, UInt64> & Sendable
    }

    private static let families: [Family] = [
        Family(
            name: "postern_store_lossy_evictions_total",
            help: "Buckets forgotten before they were full, because the table was.", count: \.lossyEvictions),
        Family(name: "postern_store_checks_sent_total", help: "Checks carried to Redis.", count: \.checksSent),
        Family(
            name: "postern_store_redirects_total", help: "MOVED, ASK and TRYAGAIN of a cluster.", count: \.redirects),
        Family(
            name: "postern_store_split_checks_total", help: "Checks whose buckets lay in several slots of a cluster.",
            count: \.splitChecks),
        Family(
            name: "postern_store_refunds_total", help: "Charges brought back because another slot refused.",
            count: \.refunds),
        Family(
            name: "postern_store_reconnects_total", help: "Connections to Redis after the first.", count: \.reconnects),
        Family(
            name: "postern_store_script_reloads_total", help: "Times Redis had forgotten the script.",
            count: \.scriptReloads),
        Family(
            name: "postern_store_unreadable_total", help: "Checks whose bucket in Redis was not a bucket.",
            count: \.checksUnreadable),
        Family(
            name: "postern_store_shadow_unreadable_total", help: "Shadow charges whose bucket was not a bucket.",
            count: \.shadowUnreadable),
        Family(
            name: "postern_deny_cache_hits_total", help: "Refusals repeated without asking Redis.",
            count: \.denyCacheHits),
        Family(
            name: "postern_store_decided_local_total", help: "Checks decided by the local share.", count: \.decidedLocal
        ),
        Family(
            name: "postern_store_decided_open_total", help: "Checks let pass without a store.", count: \.decidedOpen),
        Family(
            name: "postern_store_decided_closed_total", help: "Checks refused without a store.",
            count: \.decidedClosed),
        Family(
            name: "postern_store_decided_defer_total", help: "Checks left to the proxy without a store.",
            count: \.decidedDefer),
    ]
}
