import NIOCore

/// The worker's end of a simulated connection: what the connection's handler writes goes to `onWrite`, and what the
/// network brings is given to `receive`. Used on its loop only.
final class SimulatedChannel: Channel, ChannelCore, @unchecked Sendable {
    private let loop: SimulatedLoop
    private let closed: EventLoopPromise<Void>
    private var line: ChannelPipeline?
    private var pending = ByteBuffer()
    private(set) var isActive = false
    private var isOpen = true
    var onWrite: (ByteBuffer) -> Void = { _ in }
    var onClose: () -> Void = {}

    init(loop: SimulatedLoop) {
        self.loop = loop
        closed = loop.makePromise()
    }

    /// Two phases, because a pipeline needs its channel.
    static func open(on loop: SimulatedLoop, handler: any ChannelHandler) -> SimulatedChannel {
        let channel = SimulatedChannel(loop: loop)
        channel.line = ChannelPipeline(channel: channel)
        do { try channel.pipeline.syncOperations.addHandler(handler) } catch { preconditionFailure("\(error)") }
        channel.pipeline.syncOperations.fireChannelRegistered()
        channel.isActive = true
        channel.pipeline.syncOperations.fireChannelActive()
        return channel
    }

    func receive(_ bytes: ByteBuffer) {
        guard isOpen else { return }
        pipeline.syncOperations.fireChannelRead(NIOAny(bytes))
        pipeline.syncOperations.fireChannelReadComplete()
    }

    /// The peer, or the network, ended the connection.
    func receiveEnd() { close0(error: ChannelError.eof, mode: .all, promise: nil) }

    /// Breaks the cycle of channel and pipeline.
    func end() { line = nil }

    // === Channel

    var pipeline: ChannelPipeline {
        guard let line else { preconditionFailure("a channel of a simulation that has ended") }
        return line
    }
    var eventLoop: any EventLoop { loop }
    var allocator: ByteBufferAllocator { ByteBufferAllocator() }
    var closeFuture: EventLoopFuture<Void> { closed.futureResult }
    var localAddress: SocketAddress? { nil }
    var remoteAddress: SocketAddress? { nil }
    var parent: (any Channel)? { nil }
    var isWritable: Bool { true }
    var _channelCore: any ChannelCore { self }

    func setOption<Option: ChannelOption>(_ option: Option, value: Option.Value) -> EventLoopFuture<Void> {
        loop.makeSucceededVoidFuture()
    }

    func getOption<Option: ChannelOption>(_ option: Option) -> EventLoopFuture<Option.Value> {
        loop.makeFailedFuture(ChannelError.operationUnsupported)
    }

    // === ChannelCore

    func localAddress0() throws -> SocketAddress { throw ChannelError.operationUnsupported }
    func remoteAddress0() throws -> SocketAddress { throw ChannelError.operationUnsupported }
    func register0(promise: EventLoopPromise<Void>?) { promise?.succeed(()) }
    func registerAlreadyConfigured0(promise: EventLoopPromise<Void>?) { promise?.succeed(()) }
    func bind0(to: SocketAddress, promise: EventLoopPromise<Void>?) { promise?.succeed(()) }
    func connect0(to: SocketAddress, promise: EventLoopPromise<Void>?) { promise?.succeed(()) }
    func read0() {}
    func channelRead0(_ data: NIOAny) {}
    func errorCaught0(error: any Error) {}
    func triggerUserOutboundEvent0(_ event: Any, promise: EventLoopPromise<Void>?) {
        promise?.fail(ChannelError.operationUnsupported)
    }

    func write0(_ data: NIOAny, promise: EventLoopPromise<Void>?) {
        var bytes = unwrapData(data, as: ByteBuffer.self)
        pending.writeBuffer(&bytes)
        promise?.succeed(())
    }

    func flush0() {
        if isOpen, pending.readableBytes > 0 { onWrite(pending) }
        pending.clear()
    }

    func close0(error: any Error, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard isOpen else {
            promise?.fail(ChannelError.alreadyClosed)
            return
        }
        isOpen = false
        isActive = false
        promise?.succeed(())
        onClose()
        (onWrite, onClose) = ({ _ in }, {})
        pipeline.syncOperations.fireChannelInactive()
        pipeline.syncOperations.fireChannelUnregistered()
        closed.succeed(())
        loop.execute { [self] in removeHandlers(pipeline: pipeline) }
    }
}
