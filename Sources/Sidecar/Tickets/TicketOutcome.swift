import HTTPWire
import Limits

/// What came of an operation on a ticket, as its caller and the metrics hear it.
enum TicketOutcome: Equatable {
    /// Slots given back: fewer than the ticket had where some had expired or were given back before.
    case released(Int)
    /// Every slot is held on.
    case renewed(Int)
    case settled([SettledLimit])
    /// Slots or reservations that the store no longer knows, with what became of the others.
    case expired(kept: Int, [SettledLimit])
    /// Something was settled before, at another cost.
    case conflict([SettledLimit])
    case malformed
    /// Of a limit that the configuration no longer has.
    case unknownLimit
    case unavailable
    /// More operations at once than a worker takes on.
    case overloaded

    /// What settling came to for one limit.
    struct SettledLimit: Equatable {
        var name: String
        var settlement: Settlement
    }

    init(_ answer: StoreAnswer, to request: TicketRequest, under table: LimitTable) {
        switch answer {
        case .released(let count): self = .released(count)
        case .renewed(let count):
            self = count < request.limits.count ? .expired(kept: count, []) : .renewed(count)
        case .settled(let settlements):
            var settled: [SettledLimit] = []
            for (limit, settlement) in zip(request.limits, settlements) {
                guard let settlement else { continue }
                settled.append(SettledLimit(name: table.limits[limit].name, settlement: settlement))
            }
            self = TicketOutcome.settling(settled)
        case .unknownLimit: self = .unknownLimit
        // The store answers an operation in its own words; what does not fit is no answer.
        case .inspected, .reset, .unavailable: self = .unavailable
        }
    }

    /// One conflict makes the whole a conflict, and one expiry an expiry: the caller must look.
    private static func settling(_ settled: [SettledLimit]) -> TicketOutcome {
        if settled.contains(where: { $0.settlement == .conflict }) { return .conflict(settled) }
        if settled.contains(where: { $0.settlement == .expired }) || settled.isEmpty {
            return .expired(kept: 0, settled)
        }
        return .settled(settled)
    }

    var status: ResponseStatus {
        switch self {
        case .released, .renewed, .settled: .ok
        case .malformed: .badRequest
        case .conflict: .conflict
        case .expired, .unknownLimit: .gone
        case .unavailable, .overloaded: .serviceUnavailable
        }
    }

    /// The word in metrics, in the audit log and, where it is a refusal, in the problem document.
    var name: StaticString {
        switch self {
        case .released, .renewed, .settled: "done"
        case .malformed: "malformed_ticket"
        case .conflict: "settled_differently"
        case .expired: "expired"
        case .unknownLimit: "unknown_limit"
        case .unavailable: "store_unavailable"
        case .overloaded: "overloaded"
        }
    }

    var detail: StaticString {
        switch self {
        case .released, .renewed, .settled: ""
        case .malformed: "The document is not one of a ticket that this can be done with."
        case .conflict: "It was settled before, at another cost."
        case .expired: "It has expired, or never was."
        case .unknownLimit: "The limit it is of is not configured any more."
        case .unavailable: "The limit store did not answer. To ask again is safe."
        case .overloaded: "Too much of this is under way. To ask again is safe."
        }
    }
}
