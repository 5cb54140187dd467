import NIOCore
import NIOPosix
import NIOSSL
import Sockets

/// How a connection comes to its server. The real one opens sockets; a simulation hands out channels of its own.
protocol RedisConnector {
    /// Puts `connection` at the end of a channel to `endpoint`. Called on `eventLoop`, once per connection.
    func connect(
        _ connection: RedisConnection, to endpoint: RedisEndpoint, on eventLoop: any EventLoop
    ) -> EventLoopFuture<any Channel>
}

/// Sockets of the loop's own kind, with TLS where a context is given.
struct NIOConnector: RedisConnector {
    /// Nil: no TLS.
    let tls: NIOSSLContext?
    /// The name the certificate must bear; nil: the host connected to.
    let serverName: String?

    func connect(
        _ connection: RedisConnection, to endpoint: RedisEndpoint, on eventLoop: any EventLoop
    ) -> EventLoopFuture<any Channel> {
        if let loop = eventLoop as? SocketLoop { return connect(connection, to: endpoint, on: loop) }
        let bound = NIOLoopBound((connection: connection, connector: self), eventLoop: eventLoop)
        let bootstrap = ClientBootstrap(group: eventLoop)
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
            .connectTimeout(.nanoseconds(Int64(RedisNode.connectNanoseconds)))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let (connection, connector) = bound.value
                    try connector.fill(channel.pipeline.syncOperations, with: connection, endpoint)
                }
            }
        switch endpoint {
        case .tcp(let host, let port): return bootstrap.connect(host: host, port: port)
        case .unix(let path): return bootstrap.connect(unixDomainSocketPath: path)
        }
    }

    private func connect(
        _ connection: RedisConnection, to endpoint: RedisEndpoint, on loop: SocketLoop
    ) -> EventLoopFuture<any Channel> {
        let bound = NIOLoopBound((connection: connection, connector: self), eventLoop: loop)
        let sockets = SocketConnector(
            on: loop, deadline: .now() + .nanoseconds(Int64(RedisNode.connectNanoseconds)))
        let descriptor =
            switch endpoint {
            case .tcp(let host, let port): sockets.connect(host: host, port: port)
            case .unix(let path): sockets.connect(path: path)
            }
        return descriptor.flatMapThrowing { descriptor in
            try PipelineChannel.open(descriptor, on: loop) { pipeline in
                let (connection, connector) = bound.value
                try connector.fill(pipeline, with: connection, endpoint)
            }
        }
    }

    private func fill(
        _ pipeline: ChannelPipeline.SynchronousOperations, with connection: RedisConnection, _ endpoint: RedisEndpoint
    ) throws {
        if let tls {
            try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: name(of: endpoint)))
        }
        try pipeline.addHandler(connection)
    }

    /// What TLS is told. An address is no SNI (RFC 6066 section 3), and NIO checks the certificate against the peer's,
    /// which will always do.
    private func name(of endpoint: RedisEndpoint) -> String? {
        var name = serverName
        if name == nil, case .tcp(let host, _) = endpoint { name = host }
        guard let name, (try? SocketAddress(ipAddress: name, port: 0)) == nil else { return nil }
        return name
    }
}
