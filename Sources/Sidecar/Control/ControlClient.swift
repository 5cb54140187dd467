import Bytes
package import Configuration
import NIOCore
import NIOHTTP1
import NIOPosix

/// `postern limits`: one question to the control listener of the process that serves a configuration.
package struct ControlClient {
    /// What a server answered.
    package struct Answer: Sendable {
        package var status: Int
        package var body: [UInt8]

        package var isGood: Bool { status == 200 }
        package var text: String { String(decoding: body, as: UTF8.self) }
    }

    package enum Action: Sendable {
        case show, reset
    }

    private let endpoint: Endpoint
    private let token: Secret

    /// How long an answer may take.
    private static let deadline = TimeAmount.seconds(5)

    /// Nil where the configuration has no control listener.
    package init?(_ settings: Settings) {
        guard let endpoint = settings.admin.control, let token = settings.admin.token else { return nil }
        self.endpoint = endpoint
        self.token = token
    }

    package func ask(
        _ action: Action, limit: String, subject: String, method: String?, issuer: String?
    ) throws -> Answer {
        let path = ControlPath.text(BucketName(limit: limit, subject: subject, method: method, issuer: issuer))
        let head = HTTPRequestHead(
            version: .http1_1, method: action == .show ? .GET : .DELETE, uri: path,
            headers: [
                "Host": "localhost", "Connection": "close",
                "Authorization": "Bearer \(String(decoding: token.bytes, as: UTF8.self))",
            ])
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        defer { try? group.syncShutdownGracefully() }
        let promise = group.next().makePromise(of: Answer.self)
        let bootstrap = ClientBootstrap(group: group).connectTimeout(ControlClient.deadline).channelInitializer {
            channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHTTPClientHandlers()
                try channel.pipeline.syncOperations.addHandler(ControlExchange(head, promise))
            }
        }
        do {
            _ = try connect(bootstrap).wait()
        } catch {
            promise.fail(error)
            throw StartupError("nothing answers on \(endpoint.text); is postern serving this configuration?")
        }
        let late = StartupError("no answer from \(endpoint.text)")
        group.next().scheduleTask(in: ControlClient.deadline) { promise.fail(late) }
        return try promise.futureResult.wait()
    }

    private func connect(_ bootstrap: ClientBootstrap) -> EventLoopFuture<any Channel> {
        switch endpoint {
        case .tcp(let host, let port): bootstrap.connect(host: host, port: port)
        case .unix(let path): bootstrap.connect(unixDomainSocketPath: path)
        }
    }
}

/// Sends one request and gathers its answer.
private final class ControlExchange: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let head: HTTPRequestHead
    private let promise: EventLoopPromise<ControlClient.Answer>
    private var answer = ControlClient.Answer(status: 0, body: [])

    init(_ head: HTTPRequestHead, _ promise: EventLoopPromise<ControlClient.Answer>) {
        self.head = head
        self.promise = promise
    }

    func channelActive(context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): answer.status = Int(head.status.code)
        case .body(let bytes): answer.body += bytes.readableBytesView
        case .end: promise.succeed(answer)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        promise.fail(StartupError("the connection was closed without an answer"))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        promise.fail(error)
        context.close(promise: nil)
    }
}
