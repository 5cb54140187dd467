import Bytes
import Configuration
import Domain
import HTTPWire

/// Request bodies: a JSON check's is its request, everybody else's is read past.
extension CheckConnection {
    /// Prepares for the body that `head` announces. False if it is refused for its size alone.
    func beginBody(at now: UInt64) -> Bool {
        let limit = Int64(listener.bounds.bodyBytes)
        if case .sized(let count) = head.framing, count > limit {
            refuse(.bodyTooLarge)
            return false
        }
        if head.expectsContinue, inbound.count == head.byteCount { sendContinue() }
        document.removeAll(keepingCapacity: true)
        setDeadline(seconds: listener.bounds.headTimeoutSeconds, from: now)
        phase = .body(BodyReader(framing: head.framing, limit: limit))
        return true
    }

    /// True if the body has ended and the request was judged.
    func readBody(_ reader: BodyReader) -> Bool {
        var reader = reader
        // The head stays at the front, so that its ranges hold until the answer; the body is cut out behind it.
        let bodyStart = head.byteCount
        guard inbound.count > bodyStart else { return false }
        var pieces: [ByteRange] = []
        let bytes = inbound.bytes
        let progress = reader.consume(bytes.span.extracting(droppingFirst: bodyStart)) {
            pieces.append($0)
        }
        if exchange.dialect == .json { keep(pieces, after: bodyStart) }
        switch progress {
        case .more(let consumed):
            inbound.cut(consumed, after: bodyStart)
            phase = .body(reader)
            return false
        case .done(let consumed):
            inbound.cut(consumed, after: bodyStart)
            phase = .head
            judge(selectDialect(in: inbound.bytes), inbound.bytes, by: check.gate, at: Clock.monotonic())
            return true
        case .refused(let refusal):
            refuse(refusal.reason)
            return false
        }
    }

    private func keep(_ pieces: [ByteRange], after offset: Int) {
        let body = UnsafeBufferPointer(rebasing: inbound.bytes[offset...])
        for piece in pieces { document.append(contentsOf: body[piece.bounds]) }
    }

    private func sendContinue() {
        let start = worker.outbox.answers.count
        worker.outbox.answers.writeContinue()
        post(from: start)
    }
}
