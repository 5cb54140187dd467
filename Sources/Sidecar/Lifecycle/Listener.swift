import Configuration
import Domain
import Glibc
import NIOCore
import Sockets
import Synchronization

/// Binds the check port's sockets and hands each accepted connection to a worker, in turn.
struct Listener {
    let pool: WorkerPool
    let loops: [SocketLoop]

    /// - Returns: the bound socket; closing it stops accepting and leaves connections alone.
    func bind(_ settings: ListenerSettings, _ snapshot: Snapshot) throws -> SocketListener {
        let terms = ListenerTerms(settings, bounds: snapshot.settings.bounds, workers: loops.count)
        let tls = try settings.tls.map(ListenerTLSContext.init)
        let accept = acceptor(terms, tls)
        switch settings.endpoint {
        case .tcp(let host, let port):
            let address = try SocketAddress.makeAddressResolvingHost(host, port: port)
            return try SocketListener.bind(address, on: loops[0], accept)
        case .unix(let path):
            // Tight from its first moment: nobody slips in between the bind and the mode.
            let before = umask(0o077)
            defer { umask(before) }
            let address = try SocketAddress(unixDomainSocketPath: path)
            let listener = try SocketListener.bind(address, on: loops[0], accept)
            let mode = settings.socketMode ?? 0o777 & ~before
            if chmod(path, mode) != 0 {
                throw StartupError("cannot set the mode of \(path): \(String(cString: strerror(errno)))")
            }
            return listener
        }
    }

    /// Called on the first loop.
    private func acceptor(
        _ terms: ListenerTerms, _ tls: ListenerTLSContext?
    ) -> SocketListener.Accepted {
        let (pool, loops) = (pool, loops)
        let turn = Mutex(0)
        return { descriptor, peer in
            let index = turn.withLock { turn in
                defer { turn = (turn + 1) % loops.count }
                return turn
            }
            let adopt: @Sendable () -> Void = {
                pool.workers[index].adopt(descriptor, from: peer, terms, tls, on: loops[index])
            }
            if index == 0 { adopt() } else { loops[index].execute(adopt) }
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
