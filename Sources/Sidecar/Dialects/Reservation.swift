import Bytes
import Configuration
import HTTPWire
import Limits

/// Who may say how much a check reserves of settled limits, and how (limits.md 29, 30): the route in the
/// configuration, and a trusted proxy in a header or in its document. A client's own word counts for nothing.
struct Reservation: Sendable {
    /// The header's name in lower case; empty where none is read.
    private let header: [UInt8]
    private let costMax: Int64
    /// The settled limits: their names, and where they are in the table.
    private let settled: [(name: [UInt8], limit: Int)]
    /// By route.
    private let routes: ContiguousArray<ReservedCosts>

    init(_ snapshot: Snapshot) {
        let settings = snapshot.settings
        header = Array((settings.reserveHeader ?? "").lowercased().utf8)
        costMax = Int64(settings.bounds.maxCost)
        let limits = snapshot.limits.limits
        settled = limits.indices.filter { limits[$0].settlement != nil }.map { (Array(limits[$0].name.utf8), $0) }
        // The public paths' rules come first in the table, and reserve nothing of their own.
        let open = Array(repeating: ReservedCosts(), count: settings.auth.publicPaths.count)
        routes = ContiguousArray(
            open
                + settings.routes.map { route in
                    var costs = ReservedCosts()
                    for (name, tokens) in route.reserve {
                        guard let limit = limits.firstIndex(where: { $0.name == name }) else { continue }
                        costs.set(Int64(tokens), of: limit)
                    }
                    return costs
                })
    }

    /// Whether a trusted proxy's header is looked for at all.
    var readsHeader: Bool { !header.isEmpty }

    /// What a route reserves; nothing for a request that none guards.
    func costs(of route: Int?) -> ReservedCosts { route.map { routes[$0] } ?? ReservedCosts() }

    /// What a trusted proxy's header asks for: nothing where there is none, nil where it is not understood. Two of
    /// them are not: the second may be the client's.
    func read(_ head: borrowing RequestHead, _ bytes: borrowing Span<UInt8>) -> ReservedCosts? {
        var costs: ReservedCosts?
        for index in 0..<head.fields.count {
            let field = head.fields[index]
            guard Int(field.name.count) == header.count,
                bytes.extracting(field.name.bounds).equalsIgnoringCase(header)
            else { continue }
            guard costs == nil, let found = parse(bytes.extracting(field.value.bounds)) else { return nil }
            costs = found
        }
        return costs ?? ReservedCosts()
    }

    /// `n` for every settled limit, or `limit=n, limit=n`. Nil for anything else: a number above `max_cost`, a limit
    /// that is not settled here, one that is named twice.
    func parse(_ value: borrowing Span<UInt8>) -> ReservedCosts? {
        if value.firstIndex(of: 0x3D) == nil { return cost(value).map(ReservedCosts.init(common:)) }
        var costs = ReservedCosts()
        var start = 0
        while start <= value.count {
            let end = value.firstIndex(of: 0x2C, from: start) ?? value.count
            let item = trimmed(value, start..<end)
            guard let equals = value.firstIndex(of: 0x3D, from: item.lowerBound), equals < item.upperBound,
                let cost = cost(value.extracting((equals + 1)..<item.upperBound)),
                let limit = limit(value.extracting(item.lowerBound..<equals)), !costs.names(limit)
            else { return nil }
            costs.set(cost, of: limit)
            start = end + 1
        }
        return costs
    }

    /// The same from a document: a number, or an object of them.
    func parse(_ value: JSONValue) -> ReservedCosts? {
        if case .number(let number) = value { return cost(number).map(ReservedCosts.init(common:)) }
        guard let members = value.object?.members else { return nil }
        var costs = ReservedCosts()
        for member in members {
            guard case .number(let number) = member.value, let cost = cost(number),
                let limit = limit([UInt8](member.key.utf8).span)
            else { return nil }
            costs.set(cost, of: limit)
        }
        return costs
    }

    private func cost(_ text: borrowing Span<UInt8>) -> Int64? {
        Decimal.parse(text).flatMap { $0 <= costMax ? $0 : nil }
    }

    private func cost(_ number: JSONNumber) -> Int64? { cost([UInt8](number.text.utf8).span) }

    private func limit(_ name: borrowing Span<UInt8>) -> Int? {
        for entry in settled where name.equals(entry.name) { return entry.limit }
        return nil
    }

    /// Without the white space around it.
    private func trimmed(_ text: borrowing Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
        var (first, last) = (range.lowerBound, range.upperBound)
        while first < last, text[first] == 0x20 || text[first] == 0x09 { first += 1 }
        while last > first, text[last - 1] == 0x20 || text[last - 1] == 0x09 { last -= 1 }
        return first..<last
    }
}
