import Bytes
import Domain
import HTTPWire
import Logging

/// Faults of a proxy's configuration that Postern can see and the operator cannot: each is explained once per worker
/// and process. What happens per request is in the metrics.
struct Advice {
    private let logger: Logger
    private var saidUnknownAddress = false
    private var saidDoubledPrefix = false
    private var saidShortTimeout = false

    init(logger: Logger) {
        self.logger = logger
    }

    /// A permitted check whose client no proxy named (gate.md 6).
    mutating func unknownAddress(_ dialect: Dialect) {
        guard !saidUnknownAddress else { return }
        saidUnknownAddress = true
        logger.warning(
            "the proxy names no client address: limits per address do not apply",
            metadata: ["dialect": "\(dialect.name)", "see": "docs/configuration.md, trusted_proxies"])
    }

    /// `path_prefix: /envoy/` before `/a` makes `/envoy//a` (gate.md 1).
    mutating func ambiguousPath(_ dialect: Dialect, _ path: borrowing Span<UInt8>) {
        guard !saidDoubledPrefix, dialect == .envoy, path.starts(with: "//") else { return }
        saidDoubledPrefix = true
        logger.warning("a path begins with two slashes; if all do, path_prefix must be /envoy without a final slash")
    }

    /// A proxy that gives up before Redis, or whoever judges a credential, may answer turns every slow answer into its
    /// own failure (gate.md 21).
    mutating func expectedTimeout(
        _ head: borrowing RequestHead, _ bytes: borrowing Span<UInt8>, deadlineMillis: Int
    ) {
        guard !saidShortTimeout, let value = head.value(of: .xEnvoyExpectedRqTimeoutMs),
            let millis = Decimal.parse(bytes.extracting(value.bounds)), millis <= Int64(deadlineMillis)
        else { return }
        saidShortTimeout = true
        logger.warning(
            "the proxy may give up before a check's deadlines (redis, auth, authorization) are over: raise its timeout",
            metadata: ["proxy_ms": "\(millis)", "deadline_ms": "\(deadlineMillis)"])
    }
}
