import Glibc

/// A blocking TCP socket on 127.0.0.1, with a timeout on every read and write.
final class TCPConnection: @unchecked Sendable {
    // Unchecked: one thread reads and another may write, which the kernel allows; the number never changes.
    let descriptor: Int32

    init(adopting descriptor: Int32, timeoutSeconds: Int = 30) {
        self.descriptor = descriptor
        var limit = timeval(tv_sec: timeoutSeconds, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    /// To 127.0.0.1, from 127.0.0.`host`: Linux has all of 127/8, so one machine can be many clients.
    convenience init(port: UInt16, host: UInt8 = 1, timeoutSeconds: Int = 30) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        if host != 1 { TCPConnection.bindSource(descriptor, host: host) }
        var address = TCPConnection.loopback(port)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            let reason = String(cString: strerror(errno))
            Glibc.close(descriptor)
            throw HarnessFailure("cannot connect to port \(port): \(reason)")
        }
        self.init(adopting: descriptor, timeoutSeconds: timeoutSeconds)
    }

    deinit { Glibc.close(descriptor) }

    private static func bindSource(_ descriptor: Int32, host: UInt8) {
        var address = loopback(0)
        address.sin_addr.s_addr = (UInt32(INADDR_LOOPBACK) - 1 + UInt32(host)).bigEndian
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    static func loopback(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        return address
    }

    /// Whether anything accepts on this port now.
    static func accepts(_ port: UInt16) -> Bool { (try? TCPConnection(port: port)) != nil }

    func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw HarnessFailure("the peer no longer takes bytes") }
            sent += count
        }
    }

    /// The next bytes, at most 64 KiB; empty at the end of the stream, or when it was reset.
    func receive() throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
            let received = recv(descriptor, buffer.baseAddress, 65_536, 0)
            guard received >= 0 || errno == ECONNRESET else { throw HarnessFailure("nothing arrived in time") }
            count = max(0, received)
        }
    }

    /// Ends both directions, so that a thread blocked in `receive` returns.
    func shutDown() { shutdown(descriptor, Int32(SHUT_RDWR)) }
}
