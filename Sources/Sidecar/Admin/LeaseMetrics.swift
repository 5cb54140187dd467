import Limits
import RedisStore
import Telemetry

/// The families of leased limits, all workers' together.
enum LeaseMetrics {
    static func write(_ counters: [StoreCounters], to text: inout PrometheusText) {
        let shards = counters.compactMap { counter -> RedisCounters? in
            if case .redis(let redis) = counter { redis } else { nil }
        }
        for family in families {
            var total: UInt64 = 0
            for shard in shards { total &+= shard.leases[keyPath: family.count] }
            text.family(family.name, "counter", help: family.help)
            text.sample(family.name, total)
        }
        text.family("postern_leases", "gauge", help: "Leases that workers have open.")
        text.sample("postern_leases", UInt64(shards.reduce(0) { $0 + $1.leasesOpen }))
        text.family("postern_lease_held_tokens", "gauge", help: "Tokens that workers hold and may still spend.")
        text.sample("postern_lease_held_tokens", signed: shards.reduce(0) { $0 + $1.leasesHeld })
    }

    private struct Family: Sendable {
        var name: StaticString
        var help: StaticString
        var count: any KeyPath<LeaseTallies, UInt64> & Sendable
    }

    private static let families: [Family] = [
        Family(
            name: "postern_lease_admitted_total", help: "Checks admitted from leases alone, without asking Redis.",
            count: \.admitted),
        Family(
            name: "postern_lease_refused_total", help: "Checks refused while a bucket was known to be empty.",
            count: \.refused),
        Family(
            name: "postern_lease_parked_total", help: "Checks that waited for a lease that was asked for.",
            count: \.parked),
        Family(name: "postern_lease_asks_total", help: "Leases asked of Redis and answered.", count: \.asks),
        Family(
            name: "postern_lease_short_total", help: "Of these, those granted less than was wanted.", count: \.short),
        Family(name: "postern_lease_failed_total", help: "Leases asked for without an answer.", count: \.failed),
        Family(name: "postern_lease_granted_tokens_total", help: "Tokens that leases were granted.", count: \.granted),
        Family(name: "postern_lease_returned_tokens_total", help: "Tokens that were sent back.", count: \.returned),
        Family(
            name: "postern_lease_late_tokens_total", help: "Tokens of grants that came too late to be spent.",
            count: \.late),
        Family(
            name: "postern_lease_table_full_total", help: "Checks served exact because the lease table was full.",
            count: \.tableFull),
    ]
}
