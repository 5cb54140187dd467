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
    /// The name the certificate must bear; nil: the host connected to.
    let serverName: String?

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
                        let name = connector.name(of: endpoint)
                        let tls = try NIOSSLClientHandler(context: context, serverHostname: name)
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

    /// What TLS is told. An address is no SNI (RFC 6066 section 3), and NIO checks the certificate against the peer's,
    /// which will always do.
    private func name(of endpoint: RedisEndpoint) -> String? {
        var name = serverName
        if name == nil, case .tcp(let host, _) = endpoint { name = host }
        guard let name, (try? SocketAddress(ipAddress: name, port: 0)) == nil else { return nil }
        return name
    }
}
