import Bytes
public import Domain

/// Every rule, compiled once. The first match in the order of the file wins.
///
/// Matching walks the path's segments through a trie, so its cost grows with the depth of the path and not with the
/// number of routes. A class, so that a check that passes it on retains it once and not each of its tables.
public final class RouteTable: Sendable {
    public let routes: [Route]
    public let rules: PathRules
    private let trie: RouteTrie

    /// - Parameter guarded: each route and what it guards, in the order of the file.
    public init(_ guarded: [(route: Route, pattern: RoutePattern)], paths rules: PathRules = PathRules()) {
        var trie = RouteTrie()
        for (index, rule) in guarded.enumerated() { trie.insert(rule.pattern, route: index, rules: rules) }
        self.trie = trie
        self.rules = rules
        routes = guarded.map(\.route)
    }

    /// Which route guards a request. `path` holds no query; `host` may be empty.
    ///
    /// - Returns: a match, or the fault for which the path must be refused.
    public func match(
        _ method: Method, named name: borrowing Span<UInt8>, host: borrowing Span<UInt8>,
        path: borrowing Span<UInt8>, scratch: inout RouteScratch
    ) -> Result<RouteMatch, PathFault> {
        if rules.matchesInPlace, isPlain(path) {
            return .success(walk(method, name, host, path, &scratch.frontier))
        }
        if let fault = scratch.readings.read(path, rules: rules) { return .failure(fault) }
        // Taken out of the scratch for the walk: the readings beside it are being read meanwhile.
        var frontier = RouteFrontier()
        swap(&frontier, &scratch.frontier)
        defer { swap(&frontier, &scratch.frontier) }
        let decoded = walk(method, name, host, scratch.readings.decoded.span, &frontier)
        if scratch.readings.differ {
            let kept = walk(method, name, host, scratch.readings.kept.span, &frontier)
            guard kept == decoded else { return .failure(.twoRoutes) }
        }
        if scratch.readings.hasEncodedSlash, !permitsEncodedSlash(decoded) { return .failure(.encodedSlash) }
        return .success(decoded)
    }

    private func permitsEncodedSlash(_ match: RouteMatch) -> Bool {
        guard case .route(let index) = match else { return false }
        return routes[index].separatesEncodedSlashes
    }

    /// Whether `path` is one that every program reads alike as it stands: ordinary bytes, no segment that is empty or
    /// begins with a dot. What is not plain is not yet refused; the slow path decides.
    func isPlain(_ path: borrowing Span<UInt8>) -> Bool {
        guard path.count > 0, path[0] == 0x2F else { return false }
        var previous: UInt8 = 0
        for index in 0..<path.count {
            let byte = path[index]
            if byte == 0x2F {
                if previous == 0x2F { return false }
            } else if !PathByte.isOrdinary(byte) || (byte == 0x2E && previous == 0x2F) {
                return false
            }
            previous = byte
        }
        return true
    }

    private func walk(
        _ method: Method, _ name: borrowing Span<UInt8>, _ host: borrowing Span<UInt8>,
        _ path: borrowing Span<UInt8>, _ frontier: inout RouteFrontier
    ) -> RouteMatch {
        frontier.begin(at: host, in: trie)
        var index = 1
        // A final slash ends the last segment and begins none: `/admin/` is `/admin`.
        while index < path.count, !frontier.isEmpty {
            let end = path.firstIndex(of: 0x2F, from: index) ?? path.count
            frontier.advance(over: path.extracting(index..<end), in: trie)
            index = end &+ 1
        }
        return frontier.firstEnding(for: method, name, in: trie)
    }
}

/// What a worker keeps for matching, reused from check to check.
public struct RouteScratch: Sendable {
    public var readings = PathReadings()
    var frontier = RouteFrontier()

    public init() {}
}
