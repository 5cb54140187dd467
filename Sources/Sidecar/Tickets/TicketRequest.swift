import Bytes
import Domain
import Limits

/// The document of an operation on a ticket: `{"ticket":"…"}`, and for settling `"cost":n` for everything that the
/// ticket reserved or `"costs":{"limit":n}`.
///
/// Read as strictly as a check's. What it names of the ticket is narrowed to the holdings that the operation is about.
struct TicketRequest {
    /// Why nothing can be done.
    enum Fault: Error {
        /// 400.
        case malformed
        /// No limit of the ticket's is configured any more.
        case unknownLimit
    }

    let operation: TicketOperation
    /// With the holdings that the operation is about.
    private(set) var ticket: Ticket
    /// Indices into the table, one for each holding.
    private(set) var limits: [Int] = []
    /// Of settling: one for each holding; nil leaves it alone.
    private(set) var costs: [Int64?] = []

    init(
        _ operation: TicketOperation, _ bytes: borrowing Span<UInt8>, under table: LimitTable, costMax: Int64
    ) throws(Fault) {
        guard let members = (try? JSONParser.parse(bytes))?.object, let text = members["ticket"]?.text,
            let whole = Ticket(text: [UInt8](text.utf8).span)
        else { throw .malformed }
        self.operation = operation
        ticket = Ticket(id: whole.id, holdings: [])
        var isKnown = false
        for holding in whole.holdings {
            guard let limit = table.limits.firstIndex(where: { $0.key == holding.limit }) else { continue }
            isKnown = true
            guard operation.concerns(table.limits[limit]) else { continue }
            ticket.holdings.append(holding)
            limits.append(limit)
        }
        if !isKnown { throw .unknownLimit }
        if operation == .settle { costs = try TicketRequest.costs(members, limits, table, costMax) }
        // To release what holds no slot is to have nothing left to do; to renew or settle it is a mistake.
        if limits.isEmpty, operation != .release { throw .malformed }
    }

    var storeOperation: StoreOperation {
        switch operation {
        case .release: .release(ticket)
        case .renew: .renew(ticket)
        case .settle: .settle(ticket, costs: costs)
        }
    }

    private static func costs(
        _ members: JSONObject, _ limits: [Int], _ table: LimitTable, _ costMax: Int64
    ) throws(Fault) -> [Int64?] {
        let (one, several) = (members["cost"], members["costs"])
        if let one, several == nil {
            guard let cost = cost(one, costMax) else { throw .malformed }
            return limits.map { _ in cost }
        }
        guard one == nil, let named = several?.object?.members, !named.isEmpty else { throw .malformed }
        var costs = [Int64?](repeating: nil, count: limits.count)
        for member in named {
            guard let cost = cost(member.value, costMax) else { throw .malformed }
            var isHeld = false
            for (place, limit) in limits.enumerated() where table.limits[limit].name.isExactly(member.key) {
                costs[place] = cost
                isHeld = true
            }
            guard isHeld else { throw .malformed }
        }
        return costs
    }

    /// Digits alone: no sign, no fraction, no exponent.
    private static func cost(_ value: JSONValue, _ costMax: Int64) -> Int64? {
        guard case .number(let number) = value, let cost = Decimal.parse([UInt8](number.text.utf8).span),
            cost <= costMax
        else { return nil }
        return cost
    }
}

extension TicketOperation {
    /// Whether it is about what a check holds of this limit.
    fileprivate func concerns(_ limit: Limit) -> Bool {
        switch self {
        case .release, .renew: if case .slots = limit.counting { true } else { false }
        case .settle: limit.settlement != nil
        }
    }
}
