import Configuration
import Domain
import Glibc
import NIOCore
import NIOPosix

/// Binds the check port's sockets and hands each accepted connection to a worker.
struct Listener {
    let workers: WorkerPool
    let group: MultiThreadedEventLoopGroup

    /// The longest queue of connections the kernel holds for us.
    private static let backlog: Int32 = 1_024

    /// - Returns: the bound channel; closing it stops accepting and leaves connections alone.
    func bind(_ settings: ListenerSettings, _ snapshot: Snapshot) throws -> any Channel {
        let terms = ListenerTerms(settings, bounds: snapshot.settings.bounds, workers: workers.workers.count)
        let tls = try settings.tls.map(ListenerTLSContext.init)
        let workers = workers
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: Listener.backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try workers.adopt(channel, terms, tls)
                }
            }
        switch settings.endpoint {
        case .tcp(let host, let port):
            return try bootstrap.childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                .bind(host: host, port: port).wait()
        case .unix(let path):
            // Tight from its first moment: nobody slips in between the bind and the mode.
            let before = umask(0o077)
            defer { umask(before) }
            let channel = try bootstrap.bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).wait()
            let mode = settings.socketMode ?? 0o777 & ~before
            if chmod(path, mode) != 0 {
                throw StartupError("cannot set the mode of \(path): \(String(cString: strerror(errno)))")
            }
            return channel
        }
    }
}

extension Endpoint {
    /// As the configuration file writes it.
    var text: String {
        switch self {
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }
}

/// Why the process could not start, in a sentence.
package struct StartupError: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
