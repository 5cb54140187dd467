import Bytes
import Domain
import HTTPWire
import Limits

/// The answer to an operation on a ticket. 200: `{"released":2}`, `{"renewed":1}` or
/// `{"settled":[{"limit":"…","outcome":"done","refund":40,"overdrawn":0}]}`; else a problem (RFC 9457), with the same
/// members where something was done.
extension AnswerEncoder {
    mutating func write(_ outcome: TicketOutcome, _ exchange: Exchange, to writer: inout ByteWriter) {
        body.clear()
        writer.write(status: outcome.status)
        switch outcome {
        case .released(let count): writeCount("released", count)
        case .renewed(let count): writeCount("renewed", count)
        case .settled(let limits):
            body.write("{")
            writeSettled(limits)
            body.write("}")
        default: writeProblem(outcome)
        }
        if outcome.status == .serviceUnavailable { writer.write(field: "Retry-After", decimal: 1) }
        let isDone = outcome.status == .ok
        writer.write(field: "Content-Type", isDone ? "application/json" : "application/problem+json")
        finish(exchange, to: &writer)
    }

    private mutating func writeCount(_ name: StaticString, _ count: Int) {
        body.write("{\"")
        body.write(name)
        body.write("\":")
        body.write(decimal: Int64(count))
        body.write("}")
    }

    private mutating func writeProblem(_ outcome: TicketOutcome) {
        body.write("{\"type\":\"about:blank\",\"title\":\"")
        body.write(ReasonText.title(outcome.status))
        body.write("\",\"status\":")
        body.write(decimal: Int64(outcome.status.rawValue))
        body.write(",\"detail\":\"")
        body.write(outcome.detail)
        body.write("\",\"reason\":\"")
        body.write(outcome.name)
        body.write("\"")
        switch outcome {
        case .expired(let kept, let limits):
            if limits.isEmpty {
                body.write(",\"renewed\":")
                body.write(decimal: Int64(kept))
            } else {
                body.write(",")
                writeSettled(limits)
            }
        case .conflict(let limits):
            body.write(",")
            writeSettled(limits)
        default: break
        }
        body.write("}")
    }

    private mutating func writeSettled(_ limits: [TicketOutcome.SettledLimit]) {
        body.write("\"settled\":[")
        for (index, limit) in limits.enumerated() {
            body.write(index > 0 ? ",{\"limit\":" : "{\"limit\":")
            body.write(json: limit.name)
            switch limit.settlement {
            case .conflict: body.write(",\"outcome\":\"settled_differently\"}")
            case .expired: body.write(",\"outcome\":\"expired\"}")
            case .done(let refund, let overdrawn):
                body.write(",\"outcome\":\"done\",\"refund\":")
                body.write(decimal: refund)
                body.write(",\"overdrawn\":")
                body.write(decimal: overdrawn)
                body.write("}")
            }
        }
        body.write("]")
    }
}
