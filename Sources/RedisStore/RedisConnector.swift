import NIOCore
import NIOPosix
import NIOSSL

/// How a connection comes to its server. The real one opens sockets; a simulation hands out channels of its own.
protocol RedisConnector {
    /// Puts `connection` at the end of a channel to `endpoint`. Called on `eventLoop`, once per connection.
    func connect(
        _ connection: RedisConnection, to endpoint: RedisEndpoint, on eventLoop: any EventLoop
    ) -> EventLoopFuture<any Channel>
}

/// Sockets, with TLS where a context is given.
struct NIOConnector: RedisConnector {
    /// Nil: no TLS.
    let tls: NIOSSLContext?
    /// What TLS is told; nil where the certificate is checked against the peer's address.
    let hostname: String?

    func connect(
        _ connection: RedisConnection, to endpoint: RedisEndpoint, on eventLoop: any EventLoop
    ) -> EventLoopFuture<any Channel> {
        let bound = NIOLoopBound((connection: connection, connector: self), eventLoop: eventLoop)
        let bootstrap = ClientBootstrap(group: eventLoop)
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
            .connectTimeout(.nanoseconds(Int64(RedisNode.connectNanoseconds)))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let (connection, connector) = bound.value
                    if let context = connector.tls {
                        let tls = try NIOSSLClientHandler(context: context, serverHostname: connector.hostname)
                        try channel.pipeline.syncOperations.addHandler(tls)
                    }
                    try channel.pipeline.syncOperations.addHandler(connection)
                }
            }
        switch endpoint {
        case .tcp(let host, let port): return bootstrap.connect(host: host, port: port)
        case .unix(let path): return bootstrap.connect(unixDomainSocketPath: path)
        }
    }
}
