import Bytes
import Configuration
import Domain
import HTTPWire

/// From a decision to bytes on the wire.
extension CheckConnection {
    func finish(denying reason: DenyReason) {
        check.decision = .deny(reason)
        finish()
    }

    /// Encodes the decided check, and is ready for the next request.
    func finish() {
        let now = worker.clock.finish()
        // The drain may have begun after the request did: the proxy must hear it before the connection is closed.
        if worker.isDraining { exchange.keepsAlive = false }
        let bytes = request
        let start = worker.outbox.answers.count
        worker.encoder.write(check, exchange, bytes.span, to: &worker.outbox.answers)
        post(from: start)
        worker.observe(check, exchange, bytes.span, at: now)
        proceed(at: now)
    }

    /// Goes on to the next request or to the end.
    func proceed(at now: UInt64) {
        inbound.drop(head.byteCount)
        parser.reset()
        if exchange.keepsAlive {
            phase = .head
            setDeadline(seconds: listener.bounds.idleTimeoutSeconds, from: now)
            resumeReading()
        } else {
            phase = .closing
            setDeadline(seconds: CheckConnection.lingerSeconds, from: now)
        }
        if worker.outbox.isDue(at: now) { worker.sendAnswers() }
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
            exchange.dialect = listener.dialect ?? selectDialect(in: inbound.bytes)?.dialect
        }
        check.decision = .deny(reason)
        let nothing: [UInt8] = []
        let start = worker.outbox.answers.count
        worker.encoder.write(check, exchange, nothing.span, to: &worker.outbox.answers)
        post(from: start)
        check.request = CheckRequest(dialect: exchange.dialect ?? .json)
        worker.observe(check, exchange, nothing.span, at: now)
        inbound.clear()
        phase = .closing
        setDeadline(seconds: CheckConnection.lingerSeconds, from: now)
    }

    private var isAtHead: Bool {
        if case .head = phase { return true }
        return false
    }

    /// The dialect of the request whose head lies at the front of `inbound`, as far as it was read.
    func selectDialect(in bytes: UnsafeBufferPointer<UInt8>) -> DialectSelection? {
        guard head.target.end <= bytes.count else { return nil }
        let target = bytes.span.extracting(head.target.bounds)
        return DialectSelection.select(target, pinned: listener.dialect)
    }

    /// Has what was written to the outbox since `start` sent with the rest of this turn.
    func post(from start: Int) {
        let end = worker.outbox.answers.count
        if unsent.isEmpty {
            unsent = start..<end
            worker.outbox.add(self)
        } else if unsent.upperBound == start {
            unsent = unsent.lowerBound..<end
        } else {
            // Somebody else has answered between our two: the first goes ahead.
            worker.outbox.answers.withUnsafeBytes { transport.send(UnsafeRawBufferPointer(rebasing: $0[unsent])) }
            unsent = start..<end
        }
    }

    /// Sends what lies in the outbox. After a last answer the sending side is shut and the connection drained until the
    /// peer closes too, so that the answer is not lost to a reset.
    func send(from outbox: UnsafeRawBufferPointer) {
        let range = unsent
        unsent = 0..<0
        transport.send(UnsafeRawBufferPointer(rebasing: outbox[range]))
        guard case .closing = phase, !isOutputClosed else { return }
        isOutputClosed = true
        transport.closeOutput()
    }

    private func resumeReading() {
        guard isReadSuspended else { return }
        isReadSuspended = false
        transport.setReading(true)
    }

    /// Ends a phase that has lasted too long: idling, dawdling over a head, or lingering after the last answer.
    func checkDeadline(at now: UInt64) {
        guard now >= deadline, transport.isOpen else { return }
        switch phase {
        case .head where inbound.isEmpty, .closing: close()
        case .waiting: break
        case .head, .body:
            refuse(.requestTimeout)
            worker.settle()
        }
    }

    /// Whether nothing is being received or decided, so that closing loses nothing.
    var isIdle: Bool {
        if case .head = phase { return inbound.isEmpty }
        return false
    }

    func close() { transport.close() }
}
