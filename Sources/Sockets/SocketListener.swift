import CLinux
import Glibc
public import NIOCore

/// A socket that others connect to. Each connection is handed on as a descriptor, on this listener's loop.
public final class SocketListener: EventSource {
    /// A connection and where it comes from; nil where that has no address. Whoever takes it must close it.
    public typealias Accepted = @Sendable (_ descriptor: Int32, _ from: SocketAddress?) -> Void

    private let accepted: Accepted

    /// Connections taken in one turn: those that are there already have theirs meanwhile.
    private static let acceptedAtOnce = 64
    /// The longest queue of connections the kernel holds for us.
    private static let backlog: Int32 = 1_024
    /// Where the process has no descriptor left for another, how long it waits for one.
    private static let pause = TimeAmount.milliseconds(100)

    private init(_ descriptor: Int32, on loop: SocketLoop, _ accepted: @escaping Accepted) {
        self.accepted = accepted
        super.init(descriptor, on: loop)
    }

    /// Binds, and begins to accept on `loop`. From any thread but the loop's.
    ///
    /// - Throws: `SocketError`.
    public static func bind(
        _ address: SocketAddress, on loop: SocketLoop, _ accepted: @escaping Accepted
    ) throws -> SocketListener {
        let descriptor = try SocketCalls.listen(at: address, backlog: backlog)
        let listener = UncheckedBox(SocketListener(descriptor, on: loop, accepted))
        try loop.submit { try loop.watch(listener.value, for: .readable) }.wait()
        return listener.value
    }

    /// Where it is bound, with the port that the kernel chose where none was asked for.
    public var address: SocketAddress? { .local(of: descriptor) }

    /// Stops accepting and leaves connections alone. From any thread but the loop's.
    public func close() {
        let listener = UncheckedBox(self)
        try? loop.submit { listener.value.shut() }.wait()
    }

    override func handle(_ readiness: Readiness) {
        for _ in 0..<SocketListener.acceptedAtOnce {
            var from = sockaddr_storage()
            var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            let connection = postern_accept(descriptor, &from, &length)
            guard connection >= 0 else {
                if [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(errno) { rest() }
                // Nobody is left to accept, or one of them gave up meanwhile: the kernel tells again.
                return
            }
            accepted(connection, SocketAddress(from))
        }
    }

    /// Would be told of the same connection again and again.
    private func rest() {
        do throws(SocketError) { try loop.watch(self, for: []) } catch { return }
        let timer = TimerHeap.Timer(.now() + SocketListener.pause) { [weak self] in
            guard let self, !isShut else { return }
            try? loop.watch(self, for: .readable)
        }
        loop.add(timer)
    }
}
