import NIOCore
import NIOSSL
import Sockets

/// What a connection's bytes travel through.
protocol CheckTransport: AnyObject {
    func send(_ bytes: UnsafeRawBufferPointer)
    /// Says that no more will come, behind what was sent.
    func closeOutput()
    func close()
    func setReading(_ isOn: Bool)
    /// What the client showed in the handshake; nil where there was none.
    var peerCertificate: NIOSSLCertificate? { get }
}

/// The socket itself: the hot path.
final class CheckSocket: StreamSocket, CheckTransport {
    private let connection: CheckConnection
    private let worker: Worker

    init(_ descriptor: Int32, on loop: SocketLoop, _ connection: CheckConnection) {
        self.connection = connection
        worker = connection.worker
        super.init(descriptor, on: loop)
    }

    func open() throws {
        try start()
        connection.open(over: self)
    }

    override func received() {
        let room = worker.room
        let count = read(into: room)
        if count > 0 { connection.receive(UnsafeRawBufferPointer(start: room.baseAddress, count: count)) }
    }

    override func ended() { connection.ended() }

    var peerCertificate: NIOSSLCertificate? { nil }
}

/// A channel's pipeline, where TLS lies between.
final class CheckHandler: ChannelInboundHandler, CheckTransport {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let connection: CheckConnection
    private var context: ChannelHandlerContext?

    init(_ connection: CheckConnection) { self.connection = connection }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { connection.open(over: self) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelActive(context: ChannelHandlerContext) { connection.open(over: self) }

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
