/// Processes that share one Redis, and subjects `s0`, `s1`, … of one tenant.
enum SharedQuota {
    /// A deadline that a stalled machine keeps too: the bound must hold whatever Redis's failure mode would add.
    private static let deadlineMillis = 2_000

    /// Each starts with the same file, ports apart.
    static func start(_ count: Int, _ redis: Redis, _ rest: () -> String) throws -> [Postern] {
        let text = configuration(redis, rest())
        let posterns = try (0..<count).map { _ in try Postern(text) }
        for postern in posterns {
            let isUp = try eventually(within: 5) { try postern.metrics().sum("postern_store_up") == 1 }
            guard isUp else { throw HarnessFailure("Redis was not found") }
        }
        return posterns
    }

    static func configuration(_ redis: Redis, _ rest: String) -> String {
        "redis: {url: \"\(redis.url)\", deadline_ms: \(deadlineMillis), on_failure: closed}\n" + rest
    }

    static func key(_ number: Int) -> String { "shared-quota-key-\(number)" }

    static func auth(_ subjects: Int) -> String {
        var text = "auth:\n  mode: api_key\n  rate_limit_backend: redis\n  api_keys:\n    keys:\n"
        for number in 0..<subjects { text += "      - {id: s\(number), key: \(key(number)), tenant: acme}\n" }
        return text
    }

    static func requests(_ count: Int, from first: Int = 0) -> [LoadRequest] {
        (first..<first + count).map { LoadRequest(target: "/envoy/invoke", key: key($0)) }
    }
}
