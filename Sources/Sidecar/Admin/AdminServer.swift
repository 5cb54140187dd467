import Bytes
import Configuration
import Credentials
import Domain
import NIOCore
import NIOHTTP1
import NIOPosix
import Telemetry

/// /healthz, /readyz, /metrics and the assertion's public key: what may be shown to probes (gate.md 22). Nothing here
/// changes anything.
struct AdminServer {
    let pool: WorkerPool
    let readiness: Readiness
    let group: MultiThreadedEventLoopGroup
    let services: ProviderServices
    let keys: KeyStoreService?
    let audit: AuditLog?

    func bind(_ endpoint: Endpoint) throws -> any Channel {
        let reports = AdminReports(
            pool: pool, readiness: readiness, services: services, keys: keys?.metrics, audit: audit)
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
                    try channel.pipeline.syncOperations.addHandler(
                        AdminConnection { head, _, eventLoop in reports.report(head, on: eventLoop) })
                }
            }
        switch endpoint {
        case .tcp(let host, let port): return try bootstrap.bind(host: host, port: port).wait()
        case .unix(let path):
            return try bootstrap.bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).wait()
        }
    }
}

/// One connection on the admin port or the control port. Not hot: NIOHTTP1 parses it.
final class AdminConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    /// From a whole request to its answer.
    typealias Report = @Sendable (HTTPRequestHead, [UInt8], any EventLoop) -> EventLoopFuture<AdminReport>

    private let report: Report
    private let bodyBytesMax: Int
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []
    private var isBodyTooLarge = false

    /// - Parameter bodyBytesMax: the longest body; with 0 every body is dropped.
    init(bodyBytesMax: Int = 0, _ report: @escaping Report) {
        self.bodyBytesMax = bodyBytesMax
        self.report = report
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            (body, isBodyTooLarge) = ([], false)
        case .body(let bytes): keep(bytes)
        case .end:
            guard let head else { return }
            if isBodyTooLarge { return send(.problem(.payloadTooLarge, "too long a body"), to: head, context) }
            let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            report(head, body, context.eventLoop).whenSuccess { report in
                let (connection, context) = bound.value
                connection.send(report, to: head, context)
            }
        }
    }

    private func keep(_ bytes: ByteBuffer) {
        guard bodyBytesMax > 0, !isBodyTooLarge else { return }
        isBodyTooLarge = body.count + bytes.readableBytes > bodyBytesMax
        if isBodyTooLarge { body = [] } else { body += bytes.readableBytesView }
    }

    private func send(_ report: AdminReport, to request: HTTPRequestHead, _ context: ChannelHandlerContext) {
        guard context.channel.isActive else { return }
        var headers = HTTPHeaders([
            ("Content-Type", report.type), ("Content-Length", "\(report.body.count)"), ("Cache-Control", "no-store"),
        ])
        if report.status == .methodNotAllowed { headers.add(name: "Allow", value: report.allow) }
        headers.add(contentsOf: report.fields)
        if let challenge = report.challenge { headers.add(name: "WWW-Authenticate", value: challenge) }
        let head = HTTPResponseHead(version: request.version, status: report.status, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if request.method != .HEAD {
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: report.body)))), promise: nil)
        }
        let end = context.writeAndFlush(wrapOutboundOut(.end(nil)))
        if !request.isKeepAlive {
            let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
            end.whenComplete { _ in bound.value.close(promise: nil) }
        }
    }
}
