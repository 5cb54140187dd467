import Bytes
import Configuration
import Domain
import HTTPWire
import NIOCore

/// From a decision to bytes on the wire.
extension CheckConnection {
    func finish(denying reason: DenyReason) {
        check.decision = .deny(reason)
        finish()
    }

    /// Encodes the decided check, and is ready for the next request.
    func finish() {
        let now = Clock.monotonic()
        // The drain may have begun after the request did: the proxy must hear it before the connection is closed.
        if worker.isDraining { exchange.keepsAlive = false }
        worker.answer.clear()
        let bytes = request
        worker.encoder.write(check, exchange, bytes.readableBytesUInt8Span, to: &worker.answer)
        worker.observe(check, exchange, bytes.readableBytesUInt8Span, at: now)
        proceed(at: now)
    }

    /// Sends the worker's answer, and goes on to the next request or to the end.
    func proceed(at now: UInt64) {
        worker.answer.withUnsafeBytes { _ = outbound.writeBytes($0) }
        inbound.moveReaderIndex(forwardBy: head.byteCount)
        parser.reset()
        if exchange.keepsAlive {
            phase = .head
            setDeadline(seconds: listener.bounds.idleTimeoutSeconds, from: now)
            resumeReading()
        } else {
            phase = .closing
            setDeadline(seconds: CheckConnection.lingerSeconds, from: now)
        }
    }

    /// How long a connection that was told to close may take to do so.
    static let lingerSeconds = 5

    /// Bytes that are no request: answered as well as can be, and the connection closed (RFC 9112 section 11.2).
    func refuse(_ reason: DenyReason) {
        let now = Clock.monotonic()
        check.begin(worker.gate, at: now)
        exchange.keepsAlive = false
        exchange.isHead = false
        exchange.minorVersion = 1
        exchange.wallSeconds = Clock.wallSeconds()
        if exchange.dialect == nil || isAtHead {
            exchange.dialect = listener.dialect ?? selectDialect(in: inbound)?.dialect
        }
        check.decision = .deny(reason)
        worker.answer.clear()
        let nothing: [UInt8] = []
        worker.encoder.write(check, exchange, nothing.span, to: &worker.answer)
        check.request = CheckRequest(dialect: exchange.dialect ?? .json)
        worker.observe(check, exchange, nothing.span, at: now)
        worker.answer.withUnsafeBytes { _ = outbound.writeBytes($0) }
        inbound.clear()
        phase = .closing
        setDeadline(seconds: CheckConnection.lingerSeconds, from: now)
    }

    private var isAtHead: Bool {
        if case .head = phase { return true }
        return false
    }

    /// The dialect of the request whose head lies at the front of `inbound`, as far as it was read.
    func selectDialect(in bytes: ByteBuffer) -> DialectSelection? {
        guard head.target.end <= bytes.readableBytes else { return nil }
        let target = bytes.readableBytesUInt8Span.extracting(head.target.bounds)
        return DialectSelection.select(target, pinned: listener.dialect)
    }

    /// Sends what has been answered since the last flush, in one write.
    func flush() {
        guard let context, outbound.readableBytes > 0 else { return closeIfAnswered() }
        context.writeAndFlush(wrapOutboundOut(outbound), promise: nil)
        // NIO let go of the storage if the write went out whole; if not, clearing makes a new one.
        outbound.clear()
        closeIfAnswered()
    }

    /// After a last answer the sending side is shut and the connection drained until the peer closes too, so that
    /// the answer is not lost to a reset.
    private func closeIfAnswered() {
        guard case .closing = phase, let context, !isOutputClosed else { return }
        isOutputClosed = true
        context.close(mode: .output, promise: nil)
    }

    private func resumeReading() {
        guard isReadSuspended else { return }
        isReadSuspended = false
        context?.channel.setOption(.autoRead, value: true).whenFailure { _ in }
    }

    /// Ends a phase that has lasted too long: idling, dawdling over a head, or lingering after the last answer.
    func checkDeadline(at now: UInt64) {
        guard now >= deadline, let context else { return }
        switch phase {
        case .head where inbound.readableBytes == 0, .closing: context.close(promise: nil)
        case .waiting: break
        case .head, .body:
            refuse(.requestTimeout)
            flush()
        }
    }

    /// Whether nothing is being received or decided, so that closing loses nothing.
    var isIdle: Bool {
        if case .head = phase { return inbound.readableBytes == 0 }
        return false
    }

    func close() { context?.close(promise: nil) }
}
