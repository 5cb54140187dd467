// The row NIOHTTP1: what an HTTP server in Swift costs with the framework's own parser and encoder, and no work.
// One event loop; every request is answered 200 with the headers of floor.c's answer. It does NOT read bodies'
// contents, look anything up or time anything out.
//
// usage: niohttp1 PORT          (binds 127.0.0.1 only; runs until killed)
import NIOCore
import NIOHTTP1
import NIOPosix

/// The headers of an allow of ours to Envoy, as in floor.c: the same bytes are written by every row that does no work.
private let answerHeaders: HTTPHeaders = [
    "content-length": "0",
    "cache-control": "no-store",
    "x-auth-user-id": "client-00000",
    "x-auth-roles": "user",
    "x-auth-permissions": "invoke",
    "x-auth-method": "api_key",
    "x-auth-key-id": "client-00000",
    "x-envoy-auth-headers-to-remove":
        "x_auth_user_id, x_auth_email, x_auth_name, x_auth_roles, x_auth_permissions, x_auth_scopes, "
        + "x_auth_tenant_id, x_auth_method, x_auth_key_id, x_auth_issuer, x_auth_expires, x_auth_assertion, "
        + "x_postern_ticket, x-api-key, x_api_key, X-Auth-Email, X-Auth-Name, X-Auth-Scopes, X-Auth-Tenant-Id, X-Auth-Issuer, "
        + "X-Auth-Expires, X-Auth-Assertion, X-Postern-Ticket",
    "ratelimit-policy": "\"subject\";q=10000;w=5143",
    "ratelimit": "\"subject\";r=9999;t=1",
    "x-ratelimit-limit": "10000",
    "x-ratelimit-remaining": "9999",
    "x-ratelimit-reset": "1",
]

private final class Answerer: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .end = unwrapInboundIn(data) else { return }
        let head = HTTPResponseHead(version: .http1_1, status: .ok, headers: answerHeaders)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
}

guard CommandLine.arguments.count == 2, let port = Int(CommandLine.arguments[1]) else {
    fatalError("usage: niohttp1 PORT")
}
let loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
let server = try ServerBootstrap(group: loops)
    .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
    .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
    .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
            // Pipelining assistance and error handling are what the framework adds for a production server; one request
            // at a time needs neither.
            try channel.pipeline.syncOperations.configureHTTPServerPipeline(
                withPipeliningAssistance: false, withErrorHandling: false)
            try channel.pipeline.syncOperations.addHandler(Answerer())
        }
    }
    .bind(host: "127.0.0.1", port: port).wait()
try server.closeFuture.wait()
