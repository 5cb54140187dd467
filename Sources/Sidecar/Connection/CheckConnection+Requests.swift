import Bytes
import Configuration
import Domain
import HTTPWire
import Limits

/// From bytes to a decided check.
extension CheckConnection {
    /// Works through what has arrived until something is missing.
    func advance() {
        while !inbound.isEmpty {
            switch phase {
            case .head: guard readHead() else { return }
            case .body(let reader): guard readBody(reader) else { return }
            case .waiting: return suspendReadingIfFull()
            case .closing: return inbound.clear()
            }
        }
    }

    /// True if a whole head was read and there may be more to do.
    private func readHead() -> Bool {
        let bytes = inbound.bytes
        let outcome = parser.parse(bytes.span, into: &head)
        switch outcome {
        case .incomplete:
            if deadlineIsIdle {
                deadlineIsIdle = false
                setDeadline(seconds: listener.bounds.headTimeoutSeconds, from: Clock.monotonic())
            }
            return false
        case .refused(let refusal):
            refuse(refusal.reason)
            return false
        case .complete:
            deadlineIsIdle = true
            return beginRequest(bytes)
        }
    }

    private func beginRequest(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        let (now, gate) = (worker.clock.start(), worker.gate)
        check.begin(gate, at: now)
        exchange.minorVersion = head.minorVersion
        exchange.keepsAlive = head.keepsAlive && !isSurplus && listIndex < listener.pressedFrom
        exchange.isHead = false
        if listener.asksForCertificates { readPeerCertificate() }
        let selection = selectDialect(in: bytes)
        exchange.dialect = selection?.dialect ?? listener.dialect
        guard head.framing == .none else { return beginBody(at: now) }
        document.removeAll(keepingCapacity: true)
        judge(selection, bytes, by: gate, at: now)
        return true
    }

    /// Decides the request whose head, and body if it had one, has arrived.
    ///
    /// - Parameter gate: the check's.
    func judge(_ selection: DialectSelection?, _ bytes: UnsafeBufferPointer<UInt8>, by gate: Gate, at now: UInt64) {
        let method = head.method.bounds
        exchange.isHead = bytes.span.extracting(method).equals("HEAD")
        exchange.wallSeconds = worker.clock.wallSeconds(at: now)
        if isSurplus { return finish(denying: .overloaded) }
        guard let selection else { return finish(denying: .unknownDialect) }
        if selection.dialect == .json {
            return selection.operation.map { perform($0, at: now) } ?? judgeDocument(at: now)
        }
        if let peerCertificate { check.evidence.peer = peerCertificate }
        if let reason = gate.decoder.decode(head, bytes.span, selection, peer: peer, under: gate, into: check) {
            return finish(denying: reason)
        }
        let step = worker.pipeline.prepare(check, under: gate, bytes.span, wallSeconds: exchange.wallSeconds)
        advise(bytes, gate)
        take(step, at: now)
    }

    /// Does what the pipeline says comes next.
    func take(_ step: Pipeline.Step, at now: UInt64) {
        switch step {
        case .ready: spend(at: now)
        case .decided: finish()
        case .waiting: wait()
        }
    }

    func wait() {
        worker.clock.forget()
        phase = .waiting
        untilAnswered = self
    }

    /// Explains, once, what is wrong with the way the proxy asks. How long it waits is the same for all its requests.
    private func advise(_ bytes: UnsafeBufferPointer<UInt8>, _ gate: Gate) {
        if check.pathFault != nil {
            let path = check.request.path.bounds
            worker.advice.ambiguousPath(
                check.request.dialect, bytes.span.extracting(path))
        }
        if isFirst, head.contains(.xEnvoyExpectedRqTimeoutMs), gate.deadlineMillis > 0 {
            worker.advice.expectedTimeout(head, bytes.span, deadlineMillis: gate.deadlineMillis)
        }
        isFirst = false
    }

    /// Hands a permitted check to the limit store.
    private func spend(at now: UInt64) {
        guard !check.spend.charges.isEmpty else {
            check.decision = .allow
            return finish()
        }
        if CheckConnection.spend(check, worker, at: now) {
            Verdict.fold(check)
            finish()
        } else {
            wait()
        }
    }

    /// What is reached through an argument need not be retained; through `self`, and two steps away, it is.
    @inline(never)
    private static func spend(_ check: Check, _ worker: Worker, at now: UInt64) -> Bool {
        worker.store.spend(check.spend, at: now)
    }

    private func suspendReadingIfFull() {
        guard inbound.count > listener.inboundMax, !isReadSuspended else { return }
        isReadSuspended = true
        transport.setReading(false)
    }
}
