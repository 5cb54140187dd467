import Bytes
import Configuration
import Credentials
import Domain
import NIOCore
import NIOHTTP1
import RedisStore
import Synchronization
import Telemetry

/// One answer of the admin port.
struct AdminReport: Sendable {
    var status: HTTPResponseStatus
    var type: String
    var body: ContiguousArray<UInt8>
    /// What a 405 says may be asked instead.
    var allow = "GET, HEAD"
    /// What a 401 asks for.
    var challenge: String?
    /// Further header fields.
    var fields = HTTPHeaders()

    static func text(_ status: HTTPResponseStatus, _ text: String) -> AdminReport {
        AdminReport(status: status, type: "text/plain; charset=utf-8", body: ContiguousArray(text.utf8))
    }
}

/// What the admin port can say, asked of the workers on their own loops.
struct AdminReports: Sendable {
    let pool: WorkerPool
    let readiness: Readiness
    let services: ProviderServices
    /// Nil where no key store is configured.
    let keys: KeyStoreMetrics?
    let audit: AuditLog?

    func report(_ request: HTTPRequestHead, on eventLoop: any EventLoop) -> EventLoopFuture<AdminReport> {
        guard request.method == .GET || request.method == .HEAD else {
            return eventLoop.makeSucceededFuture(.text(.methodNotAllowed, "only GET and HEAD\n"))
        }
        switch request.uri.prefix(while: { $0 != "?" }) {
        case "/healthz": return eventLoop.makeSucceededFuture(.text(.ok, "ok\n"))
        case "/readyz": return ready(on: eventLoop)
        case "/metrics": return metrics(on: eventLoop)
        case "/.well-known/jwks.json": return keys(on: eventLoop)
        default: return eventLoop.makeSucceededFuture(.text(.notFound, "see /healthz, /readyz, /metrics\n"))
        }
    }

    /// The public key of `X-Auth-Assertion`, as the configuration in force has it: a reload may replace the key.
    private func keys(on eventLoop: any EventLoop) -> EventLoopFuture<AdminReport> {
        pool.collect(on: eventLoop) { $0.gate.snapshot.credentials.assertion?.jwks }.map { published in
            guard let keys = published.compactMap({ $0 }).last else {
                return .text(.notFound, "response.assertion is not configured\n")
            }
            return AdminReport(status: .ok, type: "application/jwk-set+json", body: ContiguousArray(keys))
        }
    }

    /// 503 while draining, and while Redis is away if that refuses or defers checks (gate.md 22).
    private func ready(on eventLoop: any EventLoop) -> EventLoopFuture<AdminReport> {
        let isDraining = readiness.isDraining.load(ordering: .relaxed)
        let keys = keys?.current.standing
        return pool.collect(on: eventLoop) { $0.storeState }.map { states in
            let state = states.max { $0.severity < $1.severity } ?? StoreState.memory
            // Without keys everybody who shows one would be refused.
            let isReady = !isDraining && !state.isBlocking && keys != .loading && keys != .stale
            var body = ByteWriter()
            body.write("{\"ready\":")
            body.write(text: isReady ? "true" : "false")
            body.write(",\"draining\":")
            body.write(text: isDraining ? "true" : "false")
            body.write(",\"store\":")
            body.write(json: state.name)
            if let keys {
                body.write(",\"keys\":")
                body.write(json: keys.rawValue)
            }
            if let cause = state.cause {
                body.write(",\"cause\":")
                body.write(json: cause)
            }
            body.write(",\"warnings\":[")
            for (index, warning) in state.warnings.enumerated() {
                if index > 0 { body.write(",") }
                body.write(json: warning)
            }
            body.write("]}\n")
            return AdminReport(
                status: isReady ? .ok : .serviceUnavailable, type: "application/json", body: body.bytes)
        }
    }

    private func metrics(on eventLoop: any EventLoop) -> EventLoopFuture<AdminReport> {
        let (readiness, services, keys, audit) = (readiness, services, keys, audit)
        return pool.collect(on: eventLoop) { worker in
            (worker.metrics, worker.storeCounters, worker.storeState, worker.credentialMetrics, worker.tickets)
        }.map { shards in
            var text = PrometheusText()
            var checks = CheckMetrics()
            for shard in shards { checks.add(shard.0) }
            text.write(checks)
            var tickets = TicketCounters()
            for shard in shards { tickets.add(shard.4) }
            tickets.write(to: &text)
            StoreMetrics.write(shards.map(\.1), shards.map(\.2), to: &text)
            LeaseMetrics.write(shards.map(\.1), to: &text)
            CredentialMetrics.write(shards.map(\.3), services, to: &text)
            keys?.write(to: &text)
            if let audit { text.write(audit.metrics) }
            text.writeProcess(readiness)
            return AdminReport(
                status: .ok, type: "text/plain; version=0.0.4; charset=utf-8", body: text.bytes)
        }
    }
}

extension PrometheusText {
    fileprivate mutating func writeProcess(_ readiness: Readiness) {
        family("postern_config_reloads_total", "counter", help: "Reloads of the configuration, by outcome.")
        let succeeded = UInt64(readiness.reloadsSucceeded.load(ordering: .relaxed))
        let failed = UInt64(readiness.reloadsFailed.load(ordering: .relaxed))
        sample("postern_config_reloads_total", labels: "outcome=\"success\"", succeeded)
        sample("postern_config_reloads_total", labels: "outcome=\"failure\"", failed)
        family("postern_build_info", "gauge", help: "Always 1; the labels say which build this is.")
        let labels = "version=\"\(BuildInfo.version)\",configuration=\"\(BuildInfo.configuration)\""
        sample("postern_build_info", labels: labels, 1)
    }
}
