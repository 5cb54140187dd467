import Limits
import Telemetry

/// What one worker has done with tickets.
struct TicketCounters: Sendable {
    private static let outcomes: [StaticString] = [
        "done", "malformed_ticket", "settled_differently", "expired", "unknown_limit", "store_unavailable",
        "overloaded",
    ]

    /// By operation, then by outcome.
    private var counts = [UInt64](repeating: 0, count: TicketOperation.allCases.count * outcomes.count)
    /// Checks that were allowed with a ticket.
    var issued: UInt64 = 0
    private var refunded: UInt64 = 0
    private var charged: UInt64 = 0
    private var overdrawn: UInt64 = 0

    mutating func record(_ operation: TicketOperation, _ outcome: TicketOutcome) {
        counts[Int(operation.rawValue) * TicketCounters.outcomes.count + outcome.index] &+= 1
        guard case .settled(let limits) = outcome else { return }
        for limit in limits {
            guard case .done(let refund, let excess) = limit.settlement else { continue }
            if refund > 0 { refunded &+= UInt64(refund) } else { charged &+= refund.magnitude }
            overdrawn &+= UInt64(max(0, excess))
        }
    }

    mutating func add(_ other: TicketCounters) {
        for index in counts.indices { counts[index] &+= other.counts[index] }
        issued &+= other.issued
        refunded &+= other.refunded
        charged &+= other.charged
        overdrawn &+= other.overdrawn
    }

    func write(to text: inout PrometheusText) {
        text.family("postern_tickets_issued_total", "counter", help: "Allowed checks that hold slots or reservations.")
        text.sample("postern_tickets_issued_total", issued)
        let name: StaticString = "postern_ticket_operations_total"
        text.family(name, "counter", help: "Tickets released, renewed and settled, by outcome.")
        for operation in TicketOperation.allCases {
            for (index, outcome) in TicketCounters.outcomes.enumerated() {
                let labels = "operation=\"\(operation.name)\",outcome=\"\(outcome)\""
                text.sample(
                    name, labels: labels, counts[Int(operation.rawValue) * TicketCounters.outcomes.count + index])
            }
        }
        let settled: StaticString = "postern_settled_tokens_total"
        text.family(settled, "counter", help: "Tokens given back, charged afterwards, and past the greatest debt.")
        text.sample(settled, labels: "direction=\"refunded\"", refunded)
        text.sample(settled, labels: "direction=\"charged\"", charged)
        text.sample(settled, labels: "direction=\"overdrawn\"", overdrawn)
    }
}

extension TicketOutcome {
    /// The place of `name` in the counters.
    fileprivate var index: Int {
        switch self {
        case .released, .renewed, .settled: 0
        case .malformed: 1
        case .conflict: 2
        case .expired: 3
        case .unknownLimit: 4
        case .unavailable: 5
        case .overloaded: 6
        }
    }
}
