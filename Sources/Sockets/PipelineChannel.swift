public import NIOCore

/// A NIO channel over a `StreamSocket`, for what NIO's handlers do and we do not: TLS.
///
/// It reads by itself (`autoRead`), is always writable, and knows of options only whether to read. A write's promise is
/// kept when its bytes are handed to the socket, which may hold them until the kernel has room.
public final class PipelineChannel: StreamSocket, Channel, ChannelCore, @unchecked Sendable {
    private let closed: EventLoopPromise<Void>
    private var line: ChannelPipeline?
    private var pending = ByteBuffer()
    private var promises: [EventLoopPromise<Void>] = []
    /// What is read, over and over; a new one only where a handler has kept it.
    private var room = ByteBuffer()
    public private(set) var isActive = false
    public let remoteAddress: SocketAddress?
    public let localAddress: SocketAddress?

    private static let readBytes = 16 << 10

    /// Takes over a connected descriptor and starts the channel. On the loop.
    ///
    /// - Parameter prepare: adds the handlers. What it throws closes the descriptor.
    @discardableResult
    public static func open(
        _ descriptor: Int32, on loop: SocketLoop, _ prepare: (ChannelPipeline.SynchronousOperations) throws -> Void
    ) throws -> PipelineChannel {
        let channel = PipelineChannel(descriptor, on: loop)
        let pipeline = ChannelPipeline(channel: channel)
        channel.line = pipeline
        do {
            try prepare(pipeline.syncOperations)
            pipeline.syncOperations.fireChannelRegistered()
            try channel.start()
        } catch {
            channel.close0(error: error, mode: .all, promise: nil)
            throw error
        }
        channel.isActive = true
        pipeline.syncOperations.fireChannelActive()
        return channel
    }

    private override init(_ descriptor: Int32, on loop: SocketLoop) {
        closed = loop.makePromise()
        remoteAddress = .remote(of: descriptor)
        localAddress = .local(of: descriptor)
        super.init(descriptor, on: loop)
    }

    // StreamSocket

    public override func received() {
        room.clear(minimumCapacity: PipelineChannel.readBytes)
        let count = room.writeWithUnsafeMutableBytes(minimumWritableBytes: PipelineChannel.readBytes) { read(into: $0) }
        guard count > 0 else { return }
        pipeline.syncOperations.fireChannelRead(NIOAny(room))
        pipeline.syncOperations.fireChannelReadComplete()
    }

    public override func ended() {
        let wasActive = isActive
        isActive = false
        let left = promises
        promises = []
        for promise in left { promise.fail(ChannelError.ioOnClosedChannel) }
        if wasActive { pipeline.syncOperations.fireChannelInactive() }
        pipeline.syncOperations.fireChannelUnregistered()
        closed.succeed(())
        // Not at once: a handler may be what closed it. The pipeline and we hold each other until then.
        loop.execute { [self] in
            if let line { removeHandlers(pipeline: line) }
            line = nil
        }
    }

    // Channel

    public var pipeline: ChannelPipeline {
        guard let line else { preconditionFailure("a channel that is closed and gone") }
        return line
    }
    public var eventLoop: any EventLoop { loop }
    public var allocator: ByteBufferAllocator { ByteBufferAllocator() }
    public var closeFuture: EventLoopFuture<Void> { closed.futureResult }
    public var parent: (any Channel)? { nil }
    public var isWritable: Bool { isActive }
    public var _channelCore: any ChannelCore { self }

    public func setOption<Option: ChannelOption>(_ option: Option, value: Option.Value) -> EventLoopFuture<Void> {
        guard let isOn = value as? Bool, option is ChannelOptions.Types.AutoReadOption else {
            return loop.makeFailedFuture(ChannelError.operationUnsupported)
        }
        setReading(isOn)
        return loop.makeSucceededVoidFuture()
    }

    public func getOption<Option: ChannelOption>(_ option: Option) -> EventLoopFuture<Option.Value> {
        loop.makeFailedFuture(ChannelError.operationUnsupported)
    }

    // ChannelCore

    public func write0(_ data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard isActive else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        var bytes = unwrapData(data, as: ByteBuffer.self)
        if pending.readableBytes == 0 { pending = bytes } else { pending.writeBuffer(&bytes) }
        if let promise { promises.append(promise) }
    }

    public func flush0() {
        let (bytes, kept) = (pending, promises)
        pending = ByteBuffer()
        promises = []
        bytes.withUnsafeReadableBytes { send($0) }
        for promise in kept { promise.succeed(()) }
    }

    public func close0(error: any Error, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        switch mode {
        case .output:
            closeOutput()
            promise?.succeed(())
        case .all where !closedAlready:
            close()
            promise?.succeed(())
        case .all: promise?.fail(ChannelError.alreadyClosed)
        case .input: promise?.fail(ChannelError.operationUnsupported)
        }
    }

    private var closedAlready: Bool { descriptor < 0 }

    public func localAddress0() throws -> SocketAddress { try known(localAddress) }
    public func remoteAddress0() throws -> SocketAddress { try known(remoteAddress) }

    private func known(_ address: SocketAddress?) throws -> SocketAddress {
        guard let address else { throw ChannelError.operationUnsupported }
        return address
    }

    public func read0() {}
    public func channelRead0(_ data: NIOAny) {}
    public func errorCaught0(error: any Error) {}
    public func register0(promise: EventLoopPromise<Void>?) { promise?.succeed(()) }
    public func registerAlreadyConfigured0(promise: EventLoopPromise<Void>?) { promise?.succeed(()) }
    public func bind0(to: SocketAddress, promise: EventLoopPromise<Void>?) {
        promise?.fail(ChannelError.operationUnsupported)
    }
    public func connect0(to: SocketAddress, promise: EventLoopPromise<Void>?) {
        promise?.fail(ChannelError.operationUnsupported)
    }
    public func triggerUserOutboundEvent0(_ event: Any, promise: EventLoopPromise<Void>?) {
        promise?.fail(ChannelError.operationUnsupported)
    }
}
