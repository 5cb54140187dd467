import Bytes
import Configuration
import Credentials
import Domain
import HTTPWire
import Limits

/// One connection on the check port: bytes in, checks answered in order, bytes out.
///
/// It handles one request at a time. What a proxy pipelines waits in `inbound`; while a check waits for the store and
/// `inbound` is full, the socket is not read.
final class CheckConnection {
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
    /// The request's head is at its front until the answer is written.
    let inbound = Inbound()
    /// Where in the worker's outbox the answers lie that are not sent yet.
    var unsent = 0..<0
    var parser: HeadParser
    var head = RequestHead()
    var exchange = AnswerEncoder.Exchange()
    /// The body of a JSON check; others' bodies are dropped.
    var document: ContiguousArray<UInt8> = []
    /// A JSON check's request as a head of its own.
    let documentHead = Inbound()
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
    /// No request of this connection was judged yet.
    var isFirst = true
    var isReadSuspended = false
    var isOutputClosed = false
    /// Itself while it waits: the socket may close and let go of this connection meanwhile, and the answer must still
    /// find somebody.
    var untilAnswered: CheckConnection?
    let check: Check
    private(set) var transport = CheckTransport.none

    init(worker: Worker, listener: ListenerTerms, peer: ClientAddress, isSurplus: Bool) {
        self.worker = worker
        self.listener = listener
        self.peer = peer
        self.isSurplus = isSurplus
        parser = HeadParser(bounds: listener.headBounds)
        check = Check(gate: worker.gate, tie: OwnerTie())
        check.tie.owner = self
    }

    /// Once is enough; more does nothing.
    func open(over transport: CheckTransport) {
        guard !self.transport.isOpen else { return }
        self.transport = transport
        worker.add(self)
        setDeadline(seconds: listener.bounds.idleTimeoutSeconds, from: Clock.monotonic())
    }

    /// The transport is closed, and brings and takes no more.
    func ended() {
        guard transport.isOpen else { return }
        transport = .none
        unsent = 0..<0
        worker.remove(self)
    }

    /// - Parameter bytes: good for this call only.
    func receive(_ bytes: UnsafeRawBufferPointer) {
        inbound.receive(bytes)
        advance()
        inbound.keep()
    }

    func setDeadline(seconds: Int, from now: UInt64) {
        deadline = now &+ UInt64(seconds) &* 1_000_000_000
    }
}
