import Foundation
import Glibc
import Synchronization

/// Accepts on 127.0.0.1 and gives each connection a thread of its own.
final class TCPListener: @unchecked Sendable {
    // Unchecked: the descriptor is written once, and `shutdown` is safe from any thread.
    private let descriptor: Int32
    let port: UInt16

    init(port wanted: UInt16 = 0, serve: @escaping @Sendable (TCPConnection) -> Void) throws {
        descriptor = try TCPListener.bound(to: wanted)
        port = TCPListener.boundPort(of: descriptor)
        listen(descriptor, 512)
        let descriptor = descriptor
        Thread.detachNewThread {
            while true {
                let accepted = accept(descriptor, nil, nil)
                guard accepted >= 0 else { break }
                Thread.detachNewThread { serve(TCPConnection(adopting: accepted)) }
            }
            Glibc.close(descriptor)
        }
    }

    deinit { stop() }

    /// Accepts no more. Connections already accepted live on.
    func stop() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// A port nobody had a moment ago, below the range from which the system takes ports for outgoing connections: in
    /// it, any client of another test may have taken the port before the program under test binds it. No port is given
    /// twice before all others were: two listeners of one file must not draw the same.
    static func freePort() throws -> UInt16 {
        for _ in 0..<100 {
            let port = nextPort.withLock { next in
                defer { next = next < portRange.upperBound ? next + 1 : portRange.lowerBound }
                return next
            }
            guard let descriptor = try? bound(to: port) else { continue }
            Glibc.close(descriptor)
            return port
        }
        throw HarnessFailure("no free port in a hundred tries")
    }

    private static let portRange: ClosedRange<UInt16> = 15_000...31_999
    /// Starts anywhere: other test runs of this machine draw from the same range.
    private static let nextPort = Mutex(UInt16.random(in: portRange))

    private static func bound(to port: UInt16) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        var address = TCPConnection.loopback(port)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            Glibc.close(descriptor)
            throw HarnessFailure("cannot bind port \(port)")
        }
        return descriptor
    }

    private static func boundPort(of descriptor: Int32) -> UInt16 {
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = getsockname(descriptor, $0, &size) }
        }
        return UInt16(bigEndian: address.sin_port)
    }
}
