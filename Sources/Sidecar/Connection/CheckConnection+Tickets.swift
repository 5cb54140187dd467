import Bytes
import Configuration
import HTTPWire
import Limits

/// `POST /v1/release`, `/v1/renew` and `/v1/settle`: not checks, and so no part of the pipeline. Whoever knows a
/// ticket's id may do them (limits.md 30).
extension CheckConnection {
    func perform(_ operation: TicketOperation, at now: UInt64) {
        let (bytes, body, method) = (inbound.bytes, document, head.method.bounds)
        let snapshot = check.gate.snapshot
        guard bytes.span.extracting(method).equals("POST") else {
            return conclude(operation, .malformed)
        }
        let costMax = Int64(snapshot.settings.bounds.maxCost)
        do throws(TicketRequest.Fault) {
            let request = try TicketRequest(operation, body.span, under: snapshot.limits, costMax: costMax)
            perform(request, under: snapshot.limits, at: now)
        } catch {
            conclude(operation, error == .malformed ? .malformed : .unknownLimit)
        }
    }

    /// The store may answer at once, or while the connection waits.
    private func perform(_ request: TicketRequest, under table: LimitTable, at now: UInt64) {
        guard !request.limits.isEmpty else { return conclude(request.operation, .released(0)) }
        guard worker.beginTicket() else { return conclude(request.operation, .overloaded) }
        var early: TicketOutcome?
        var isWaiting = false
        worker.store.perform(request.storeOperation, under: table, at: now) { [self] answer in
            worker.endTicket()
            let outcome = TicketOutcome(answer, to: request, under: table)
            guard isWaiting else { return early = outcome }
            resume { conclude(request.operation, outcome) }
        }
        if let early { return conclude(request.operation, early) }
        isWaiting = true
        wait()
    }

    private func conclude(_ operation: TicketOperation, _ outcome: TicketOutcome) {
        if worker.isDraining { exchange.keepsAlive = false }
        let start = worker.outbox.answers.count
        worker.encoder.write(outcome, exchange, to: &worker.outbox.answers)
        post(from: start)
        worker.tickets.record(operation, outcome)
        proceed(at: Clock.monotonic())
    }
}
