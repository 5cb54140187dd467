import Bytes
import Configuration
import Domain
import HTTPWire
import NIOCore

/// Request bodies: a JSON check's is its request, everybody else's is read past.
extension CheckConnection {
    /// Prepares for the body that `head` announces. False if it is refused for its size alone.
    func beginBody(at now: UInt64) -> Bool {
        let limit = Int64(listener.bounds.bodyBytes)
        if case .sized(let count) = head.framing, count > limit {
            refuse(.bodyTooLarge)
            return false
        }
        if head.expectsContinue, inbound.readableBytes == head.byteCount { sendContinue() }
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
        guard inbound.readableBytes > bodyStart else { return false }
        var pieces: [ByteRange] = []
        let bytes = inbound
        let progress = reader.consume(bytes.readableBytesUInt8Span.extracting(droppingFirst: bodyStart)) {
            pieces.append($0)
        }
        if exchange.dialect == .json { keep(pieces, after: bodyStart) }
        switch progress {
        case .more(let consumed):
            cutBody(consumed, after: bodyStart)
            phase = .body(reader)
            return false
        case .done(let consumed):
            cutBody(consumed, after: bodyStart)
            phase = .head
            judge(selectDialect(in: inbound), inbound, at: Clock.monotonic())
            return true
        case .refused(let refusal):
            refuse(refusal.reason)
            return false
        }
    }

    private func keep(_ pieces: [ByteRange], after offset: Int) {
        let buffer = inbound
        for piece in pieces {
            let start = offset + Int(piece.start)
            document.append(contentsOf: buffer.getBytes(at: buffer.readerIndex + start, length: Int(piece.count)) ?? [])
        }
    }

    /// Copies the head and what lies behind the consumed piece of body to a buffer of their own. Proxies send bodies
    /// only where they are told to, so this is not the hot path.
    private func cutBody(_ consumed: Int, after offset: Int) {
        var rest = inbound
        var kept = ByteBuffer()
        kept.reserveCapacity(offset + max(rest.readableBytes - offset - consumed, 0))
        if var head = rest.readSlice(length: offset) { kept.writeBuffer(&head) }
        rest.moveReaderIndex(forwardBy: consumed)
        kept.writeBuffer(&rest)
        inbound = kept
    }

    private func sendContinue() {
        guard let context else { return }
        worker.answer.clear()
        worker.answer.writeContinue()
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: worker.answer.bytes)), promise: nil)
    }
}
