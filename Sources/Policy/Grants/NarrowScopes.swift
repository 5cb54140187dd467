import Bytes

extension Authorizer {
    /// A permit for who lacks a route's scopes and holds each of them for this path's segment alone: of
    /// `agents:invoke`, `agents:invoke:planner` on `/v1/agents/planner/invoke`.
    ///
    /// To be asked after `scopeMissing` only. The segment is compared as it was sent, so a path that has more than one
    /// reading, and any where `strip_prefix` or `case_insensitive` is set, narrows nothing.
    public func authorizeNarrowly(
        _ match: RouteMatch, in table: RouteTable, holding scopes: [String], path: borrowing Span<UInt8>
    ) -> Permit? {
        guard case .route(let index) = match, let number = table.routes[index].scopeSegment,
            let segment = table.plainSegment(number, of: path), !segment.isEmpty
        else { return nil }
        let route = table.routes[index]
        let isHeld = route.scopes.allSatisfy { scope in
            scopes.contains {
                Array($0.utf8) == Array(scope.utf8) || Array($0.utf8) == Array(scope.utf8) + [0x3A] + segment
            }
        }
        return isHeld ? Permit(route: index, cost: route.cost) : nil
    }
}

extension RouteTable {
    /// The path's segment of this number, counted from 1; nil where it has none, or is not plain.
    fileprivate func plainSegment(_ number: Int, of path: borrowing Span<UInt8>) -> [UInt8]? {
        guard rules.matchesInPlace, isPlain(path) else { return nil }
        var start = 1
        for _ in 1..<max(number, 1) {
            guard let slash = path.firstIndex(of: 0x2F, from: start) else { return nil }
            start = slash + 1
        }
        guard start < path.count else { return nil }
        let end = path.firstIndex(of: 0x2F, from: start) ?? path.count
        return (start..<end).map { path[$0] }
    }
}
