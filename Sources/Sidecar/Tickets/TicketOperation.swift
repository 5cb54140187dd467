import Bytes

/// What can be done with a ticket, each a path of the check port: `POST /v1/release`, `/v1/renew`, `/v1/settle`.
enum TicketOperation: UInt8, CaseIterable, Sendable {
    /// Gives slots back.
    case release
    /// Keeps slots for longer.
    case renew
    /// Charges what a reservation truly cost.
    case settle

    init?(path: borrowing Span<UInt8>) {
        if path.equals("/v1/release") { self = .release; return }
        if path.equals("/v1/renew") { self = .renew; return }
        if path.equals("/v1/settle") { self = .settle; return }
        return nil
    }

    /// The word in metrics and in the audit log.
    var name: StaticString {
        switch self {
        case .release: "release"
        case .renew: "renew"
        case .settle: "settle"
        }
    }
}
