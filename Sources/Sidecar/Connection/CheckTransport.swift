import NIOCore
import NIOSSL
import Sockets

/// What a connection's bytes travel through. An enum and not an existential, because every answer passes here.
enum CheckTransport {
    /// Not open yet, or ended.
    case none
    /// Unmanaged, so that sending retains nothing. It tells its connection of its end before its loop lets go of it.
    case socket(Unmanaged<CheckSocket>)
    /// TLS lies between.
    case pipeline(CheckHandler)

    var isOpen: Bool { if case .none = self { false } else { true } }

    func send(_ bytes: UnsafeRawBufferPointer) {
        switch self {
        case .none: break
        case .socket(let socket): socket._withUnsafeGuaranteedRef { $0.send(bytes) }
        case .pipeline(let handler): handler.send(bytes)
        }
    }

    /// Says that no more will come, behind what was sent.
    func closeOutput() {
        switch self {
        case .none: break
        case .socket(let socket): socket._withUnsafeGuaranteedRef { $0.closeOutput() }
        case .pipeline(let handler): handler.closeOutput()
        }
    }

    func close() {
        switch self {
        case .none: break
        case .socket(let socket): socket._withUnsafeGuaranteedRef { $0.close() }
        case .pipeline(let handler): handler.close()
        }
    }

    func setReading(_ isOn: Bool) {
        switch self {
        case .none: break
        case .socket(let socket): socket._withUnsafeGuaranteedRef { $0.setReading(isOn) }
        case .pipeline(let handler): handler.setReading(isOn)
        }
    }

    /// What the client showed in the handshake; nil where there was none.
    var peerCertificate: NIOSSLCertificate? {
        if case .pipeline(let handler) = self { handler.peerCertificate } else { nil }
    }
}

/// The socket itself: the hot path.
final class CheckSocket: StreamSocket {
    private let connection: CheckConnection
    private let worker: Worker

    init(_ descriptor: Int32, on loop: SocketLoop, _ connection: CheckConnection) {
        self.connection = connection
        worker = connection.worker
        super.init(descriptor, on: loop)
    }

    func open() throws {
        try start()
        connection.open(over: .socket(.passUnretained(self)))
    }

    override func received() {
        let room = worker.room
        let count = read(into: room)
        if count > 0 { connection.receive(UnsafeRawBufferPointer(start: room.baseAddress, count: count)) }
    }

    override func ended() { connection.ended() }
}

/// A channel's pipeline, where TLS lies between.
final class CheckHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let connection: CheckConnection
    private var context: ChannelHandlerContext?

    init(_ connection: CheckConnection) { self.connection = connection }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { connection.open(over: .pipeline(self)) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelActive(context: ChannelHandlerContext) { connection.open(over: .pipeline(self)) }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        connection.ended()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        unwrapInboundIn(data).withUnsafeReadableBytes { connection.receive($0) }
    }

    func channelReadComplete(context: ChannelHandlerContext) { connection.worker.settle() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A broken TLS handshake, a reset: there is nobody left to answer.
        context.close(promise: nil)
    }

    func send(_ bytes: UnsafeRawBufferPointer) {
        context?.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
    }

    func closeOutput() { context?.close(mode: .output, promise: nil) }

    func close() { context?.close(promise: nil) }

    func setReading(_ isOn: Bool) { context?.channel.setOption(.autoRead, value: isOn).whenFailure { _ in } }

    var peerCertificate: NIOSSLCertificate? {
        (try? context?.pipeline.syncOperations.handler(type: NIOSSLServerHandler.self))?.peerCertificate
    }
}
