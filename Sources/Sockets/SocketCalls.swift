import CLinux
import Glibc
import NIOCore

/// The socket calls, each made once and again only where a signal cut it short.
public enum SocketCalls {
    public static func close(_ descriptor: Int32) { _ = Glibc.close(descriptor) }

    /// What a read brought.
    enum Read {
        /// At least one byte.
        case bytes(Int)
        /// Nothing yet.
        case empty
        /// The peer sends no more.
        case end
        case failed(SocketError)
    }

    static func read(_ descriptor: Int32, into room: UnsafeMutableRawBufferPointer) -> Read {
        while true {
            let count = postern_recv(descriptor, room.baseAddress, room.count)
            if count > 0 { return .bytes(count) }
            if count == 0 { return .end }
            switch errno {
            case EINTR: continue
            case EAGAIN: return .empty
            case let code: return .failed(SocketError("recv", code))
            }
        }
    }

    /// - Returns: how many bytes the kernel took: 0 where it has no room.
    static func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) throws(SocketError) -> Int {
        while true {
            let count = postern_send(descriptor, bytes.baseAddress, bytes.count)
            if count >= 0 { return count }
            switch errno {
            case EINTR: continue
            case EAGAIN: return 0
            case let code: throw SocketError("send", code)
            }
        }
    }

    static func closeOutput(_ descriptor: Int32) { _ = shutdown(descriptor, Int32(SHUT_WR)) }

    static func socket(_ family: Int32) throws(SocketError) -> Int32 {
        let descriptor = postern_socket(family)
        if descriptor < 0 { throw .current("socket") }
        return descriptor
    }

    /// Binds and listens. A unix socket's file that is there already is replaced, if it is a socket.
    static func listen(at address: SocketAddress, backlog: Int32) throws(SocketError) -> Int32 {
        let descriptor = try socket(address.family)
        var failed: StaticString?
        setReuseAddress(descriptor)
        if case .unixDomainSocket = address { removeSocketFile(address.pathname ?? "") }
        if address.withCall({ bind(descriptor, $0, $1) }) < 0 {
            failed = "bind"
        } else if Glibc.listen(descriptor, backlog) < 0 {
            failed = "listen"
        }
        guard let failed else { return descriptor }
        let error = SocketError.current(failed)
        close(descriptor)
        throw error
    }

    private static func removeSocketFile(_ path: String) {
        var about = stat()
        if lstat(path, &about) == 0, about.st_mode & S_IFMT == S_IFSOCK { unlink(path) }
    }

    /// - Returns: a descriptor that is connected, or will be writable once it is.
    static func connect(to address: SocketAddress) throws(SocketError) -> (descriptor: Int32, isConnected: Bool) {
        let descriptor = try socket(address.family)
        if address.withCall({ Glibc.connect(descriptor, $0, $1) }) == 0 { return (descriptor, true) }
        if errno == EINPROGRESS || errno == EINTR { return (descriptor, false) }
        let error = SocketError.current("connect")
        close(descriptor)
        throw error
    }

    /// Small writes leave at once. A socket that is no TCP needs none of it and refuses.
    static func setNoDelay(_ descriptor: Int32) { set(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY) }

    static func setReuseAddress(_ descriptor: Int32) { set(descriptor, SOL_SOCKET, SO_REUSEADDR) }

    private static func set(_ descriptor: Int32, _ level: Int32, _ option: Int32) {
        var on: Int32 = 1
        setsockopt(descriptor, level, option, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    /// How an attempt to connect ended; nil: well.
    static func pendingError(_ descriptor: Int32) -> SocketError? {
        var (code, length) = (Int32(0), socklen_t(MemoryLayout<Int32>.size))
        if getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length) < 0 { return .current("getsockopt") }
        return code == 0 ? nil : SocketError("connect", code)
    }
}

extension SocketAddress {
    static func local(of descriptor: Int32) -> SocketAddress? { named(by: getsockname, descriptor) }

    static func remote(of descriptor: Int32) -> SocketAddress? { named(by: getpeername, descriptor) }

    fileprivate var family: Int32 {
        switch self {
        case .v4: AF_INET
        case .v6: AF_INET6
        case .unixDomainSocket: AF_UNIX
        }
    }

    fileprivate func withCall(_ call: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        withSockAddr { call($0, socklen_t($1)) }
    }

    private static func named(
        by call: (Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32, _ descriptor: Int32
    ) -> SocketAddress? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let status = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { call(descriptor, $0, &length) }
        }
        return status == 0 ? SocketAddress(storage) : nil
    }

    /// Nil for a family that is neither IP nor unix.
    init?(_ storage: sockaddr_storage) {
        let address: SocketAddress? = withUnsafeBytes(of: storage) { bytes in
            switch Int32(storage.ss_family) {
            case AF_INET: SocketAddress(bytes.loadUnaligned(as: sockaddr_in.self))
            case AF_INET6: SocketAddress(bytes.loadUnaligned(as: sockaddr_in6.self))
            case AF_UNIX: SocketAddress(bytes.loadUnaligned(as: sockaddr_un.self))
            default: nil
            }
        }
        guard let address else { return nil }
        self = address
    }
}
