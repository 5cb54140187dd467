import Bytes
import Configuration
import Credentials
import Domain
import HTTPWire
import Limits
import NIOCore

/// One connection on the check port: bytes in, checks answered in order, bytes out.
///
/// It handles one request at a time. What a proxy pipelines waits in `inbound`; while a check waits for the store and
/// `inbound` is full, the socket is not read.
final class CheckConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    enum Phase {
        case head
        case body(BodyReader)
        /// Somebody else has the check: the limit store, or whoever judges its credential.
        case waiting
        case closing
    }

    let worker: Worker
    let listener: ListenerTerms
    var phase = Phase.head
    /// The request's head begins at its reader index until the answer is written.
    var inbound = ByteBuffer()
    var outbound = ByteBuffer()
    var parser: HeadParser
    var head = RequestHead()
    var exchange = AnswerEncoder.Exchange()
    /// The body of a JSON check; others' bodies are dropped.
    var document: ContiguousArray<UInt8> = []
    /// A JSON check's request as a head of its own.
    var documentHead = ByteBuffer()
    /// The other end; unknown on a unix socket.
    let peer: ClientAddress
    /// Accepted beyond the bound on connections: its first request is answered with a refusal.
    let isSurplus: Bool
    /// The client's certificate of our own TLS, read once; nil where there is none.
    var peerCertificate: Result<PresentedCertificate, CertificateFault>?
    /// Its place in the worker's list.
    var listIndex = 0
    /// Monotonic nanoseconds at which `sweep` ends this phase.
    var deadline: UInt64 = 0
    /// Whether the deadline is still that of an idle connection, and not of a head that has begun.
    var deadlineIsIdle = true
    var isReadSuspended = false
    var isOutputClosed = false
    /// Itself while it waits: the channel may close and let go of this handler meanwhile, and the answer must still
    /// find somebody.
    var untilAnswered: CheckConnection?
    let check: Check
    private(set) var context: ChannelHandlerContext?

    init(worker: Worker, listener: ListenerTerms, peer: ClientAddress, isSurplus: Bool) {
        self.worker = worker
        self.listener = listener
        self.peer = peer
        self.isSurplus = isSurplus
        parser = HeadParser(bounds: listener.headBounds)
        check = Check(gate: worker.gate, tie: OwnerTie())
        check.tie.owner = self
    }

    func channelActive(context: ChannelHandlerContext) {
        open(context)
        context.fireChannelActive()
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { open(context) }
    }

    private func open(_ context: ChannelHandlerContext) {
        guard self.context == nil else { return }
        self.context = context
        worker.add(self)
        setDeadline(seconds: listener.bounds.idleTimeoutSeconds, from: Clock.monotonic())
    }

    func channelInactive(context: ChannelHandlerContext) {
        if self.context != nil {
            self.context = nil
            worker.remove(self)
        }
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var data = unwrapInboundIn(data)
        if inbound.readableBytes == 0 {
            inbound = data
        } else {
            inbound.writeBuffer(&data)
        }
        advance()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // Not passed on: behind this handler there is nobody.
        flush()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A broken TLS handshake, a reset: there is nobody left to answer.
        context.close(promise: nil)
    }

    func setDeadline(seconds: Int, from now: UInt64) {
        deadline = now &+ UInt64(seconds) &* 1_000_000_000
    }
}
