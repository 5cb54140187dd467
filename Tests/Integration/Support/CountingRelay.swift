import Foundation
import Glibc

/// Stands between a proxy and Postern, passes bytes on untouched and counts connections: whether a proxy keeps them
/// is seen here, whatever either end reports.
final class CountingRelay: Sendable {
    private let count: Shared<Int>
    private let listener: TCPListener

    init(to target: UInt16) throws {
        let count = Shared(0)
        self.count = count
        listener = try TCPListener { client in
            count.update { $0 += 1 }
            CountingRelay.join(client, to: target)
        }
    }

    var port: UInt16 { listener.port }

    /// Connections since the start.
    var accepted: Int { count.current }

    private static func join(_ client: TCPConnection, to target: UInt16) {
        guard let server = try? TCPConnection(port: target, timeoutSeconds: 600) else { return client.shutDown() }
        // A pause between two checks is no reason to hang up: as patient as the proxy.
        var patience = timeval(tv_sec: 600, tv_usec: 0)
        setsockopt(client.descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        Thread.detachNewThread { copy(from: server, to: client) }
        copy(from: client, to: server)
    }

    private static func copy(from source: TCPConnection, to destination: TCPConnection) {
        while let bytes = try? source.receive(), !bytes.isEmpty {
            guard (try? destination.send(bytes)) != nil else { break }
        }
        destination.shutDown()
        source.shutDown()
    }
}
