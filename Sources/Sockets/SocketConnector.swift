import CLinux
import Glibc
public import NIOCore
import NIOPosix

/// Connects to a host's addresses, one after another in the order the resolver gives them.
///
/// Names are looked up on NIO's own threads, because the C library's resolver blocks.
public struct SocketConnector: Sendable {
    public let loop: SocketLoop
    /// For all addresses together; who waits gives up by itself.
    public let deadline: NIODeadline

    public init(on loop: SocketLoop, deadline: NIODeadline) {
        self.loop = loop
        self.deadline = deadline
    }

    /// - Returns: a connected descriptor, which whoever takes it must close. Fails with `SocketError`, with
    ///   `HostUnknown`, or with `ChannelError.connectTimeout`.
    public func connect(host: String, port: Int) -> EventLoopFuture<Int32> {
        if let address = try? SocketAddress(ipAddress: host, port: port) { return connect(to: [address]) }
        let connector = self
        return NIOThreadPool.singleton.runIfActive(eventLoop: loop) { try SocketAddress.all(host, port) }
            .flatMap { connector.connect(to: $0) }
    }

    public func connect(path: String) -> EventLoopFuture<Int32> {
        do { return connect(to: [try SocketAddress(unixDomainSocketPath: path)]) } catch {
            return loop.makeFailedFuture(error)
        }
    }

    private func connect(to addresses: [SocketAddress]) -> EventLoopFuture<Int32> {
        guard let first = addresses.first else { return loop.makeFailedFuture(HostUnknown()) }
        let rest = Array(addresses.dropFirst())
        // What is left of the time, shared by all that may have to be tried.
        let share = TimeAmount.nanoseconds((deadline - .now()).nanoseconds / Int64(addresses.count))
        let connector = self
        return attempt(first, within: share).flatMapError { error in
            rest.isEmpty ? connector.loop.makeFailedFuture(error) : connector.connect(to: rest)
        }
    }

    private func attempt(_ address: SocketAddress, within time: TimeAmount) -> EventLoopFuture<Int32> {
        let promise = loop.makePromise(of: Int32.self)
        do throws(SocketError) {
            let (descriptor, isConnected) = try SocketCalls.connect(to: address)
            if isConnected {
                promise.succeed(descriptor)
            } else {
                let attempt = ConnectAttempt(descriptor, on: loop, promise)
                try attempt.start(deadline: .now() + time)
            }
        } catch {
            promise.fail(error)
        }
        return promise.futureResult
    }
}

/// A name that the resolver does not know, or cannot ask about.
public struct HostUnknown: Error {
    public init() {}
}

/// A socket that is connecting.
private final class ConnectAttempt: EventSource {
    private let promise: EventLoopPromise<Int32>
    private var timer: TimerHeap.Timer?

    init(_ descriptor: Int32, on loop: SocketLoop, _ promise: EventLoopPromise<Int32>) {
        self.promise = promise
        super.init(descriptor, on: loop)
    }

    func start(deadline: NIODeadline) throws(SocketError) {
        try loop.watch(self, for: .writable)
        let timer = TimerHeap.Timer(deadline) { [unowned self] in finish(ChannelError.connectTimeout(.zero)) }
        loop.add(timer)
        self.timer = timer
    }

    override func handle(_ readiness: Readiness) { finish(SocketCalls.pendingError(descriptor)) }

    override func loopEnded() { finish(EventLoopError.shutdown) }

    private func finish(_ error: (any Error)?) {
        if let timer { loop.cancel(timer) }
        if let error {
            shut()
            promise.fail(error)
        } else {
            promise.succeed(release())
        }
    }
}

extension SocketAddress {
    /// Every stream address of a host. Blocks.
    fileprivate static func all(_ host: String, _ port: Int) throws -> [SocketAddress] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &found) == 0, let first = found else { throw HostUnknown() }
        defer { freeaddrinfo(first) }
        return sequence(first: first) { $0.pointee.ai_next }.compactMap { entry in
            var storage = sockaddr_storage()
            guard let address = entry.pointee.ai_addr else { return nil }
            memcpy(&storage, address, min(Int(entry.pointee.ai_addrlen), MemoryLayout<sockaddr_storage>.size))
            return SocketAddress(storage)
        }
    }
}
