import NIOCore
import NIOSSL

/// One socket to Redis: bytes to replies and nothing more. What a reply answers, its peer knows.
///
/// Once abandoned it is silent, so that a reply which comes after its deadline meets nobody (limits.md 23).
final class RedisConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    let reader: ReplyReader
    /// Nil: abandoned, which is also what ends the cycle with a peer that holds its connection.
    private var peer: RedisPeer?
    private var context: ChannelHandlerContext?
    private var isAbandoned = false

    /// - Parameter keepsShape: whether replies with nested arrays must be told apart.
    init(peer: RedisPeer, keepsShape: Bool = false) {
        self.peer = peer
        reader = ReplyReader(keepsShape: keepsShape)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if isAbandoned { context.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func write(_ bytes: ByteBuffer) {
        guard let context else { return }
        context.writeAndFlush(NIOAny(bytes), promise: nil)
    }

    /// Closes the socket and drops whatever it still brings.
    func abandon() {
        isAbandoned = true
        peer = nil
        context?.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isAbandoned else { return }
        unwrapInboundIn(data).withUnsafeReadableBytes { reader.feed($0) }
        while !isAbandoned {
            switch reader.next() {
            case .incomplete: return
            case .reply: peer?.received(reader, on: self)
            case .broken: peer?.lost(self, .protocolViolation)
            }
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if !isAbandoned { peer?.lost(self, .disconnected) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // The error's own text may quote the peer; the cause that is reported has fixed words.
        let isTLS = error is NIOSSLError || error is NIOSSLExtraError
        if !isAbandoned { peer?.lost(self, isTLS ? .tls : .disconnected) }
    }
}
