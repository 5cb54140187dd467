import Configuration
import Glibc
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix

/// `admin.control`: looking at one bucket and resetting it, and the pages where they are wanted. Off unless it is
/// configured; on a unix socket that only its owner may open, or on loopback; and for the bearer of `admin.token`
/// alone (gate.md 22).
struct ControlServer {
    let pool: WorkerPool
    let group: MultiThreadedEventLoopGroup
    let logger: Logger
    let readiness: Readiness
    let services: ProviderServices

    /// The longest body: a request to explain.
    static let bodyBytesMax = 65_536

    func bind(_ endpoint: Endpoint) throws -> any Channel {
        let pages = PageReports(pool: pool, readiness: readiness, services: services)
        let reports = ControlReports(pool: pool, logger: logger, pages: pages)
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
                    try channel.pipeline.syncOperations.addHandler(
                        AdminConnection(bodyBytesMax: ControlServer.bodyBytesMax) {
                            reports.report($0, $1, on: $2)
                        })
                }
            }
        switch endpoint {
        case .tcp(let host, let port): return try bootstrap.bind(host: host, port: port).wait()
        case .unix(let path):
            let before = umask(0o177)
            defer { umask(before) }
            return try bootstrap.bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).wait()
        }
    }
}
