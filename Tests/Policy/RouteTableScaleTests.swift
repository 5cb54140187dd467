import Domain
import Testing

@testable import Policy

/// The trie against the plainest matcher there is, on routes and paths from a seed.
@Suite struct RouteTableScaleTests {
    private struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var word = state
            word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
            word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
            return word ^ word >> 31
        }
    }

    private static func matches(_ pattern: ArraySlice<Substring>, _ path: ArraySlice<Substring>) -> Bool {
        guard let first = pattern.first else { return path.isEmpty }
        let rest = pattern.dropFirst()
        if first == "**" {
            return matches(rest, path) || !path.isEmpty && matches(pattern, path.dropFirst())
        }
        guard let segment = path.first, first == "*" || first == segment else { return false }
        return matches(rest, path.dropFirst())
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func agreesWithTheReference(_ seed: UInt64) {
        var generator = Generator(state: seed)
        let words = ["a", "b", "c", "*", "**"]
        let patterns = (0..<60).map { _ in
            RoutePattern(
                path: "/"
                    + (0..<Int.random(in: 0...4, using: &generator)).map { _ in words.randomElement(using: &generator)!
                    }
                    .joined(separator: "/"))
        }
        let table = RouteTableTests.table(patterns)
        for _ in 0..<500 {
            let segments = (0..<Int.random(in: 0...5, using: &generator)).map { _ in
                ["a", "b", "c", "d"].randomElement(using: &generator)!
            }
            let path = "/" + segments.joined(separator: "/")
            let expected = patterns.firstIndex {
                Self.matches($0.path.split(separator: "/")[...], path.split(separator: "/")[...])
            }
            let found = RouteTableTests.match(table, "GET", path)
            #expect(found == .success(expected.map(RouteMatch.route) ?? .unmatched), "seed \(seed), path \(path)")
        }
    }

    /// What a match costs is the nodes it visits, and those do not grow with the routes: one literal child and the
    /// wildcards on each level, whether there are ten routes or ten thousand.
    @Test(arguments: [10, 100, 10_000])
    func visitsNoMoreNodesWithMoreRoutes(_ count: Int) {
        var patterns = (0..<count).map { RoutePattern(path: "/tenants/t\($0)/agents/*/invoke", methods: ["POST"]) }
        patterns.append(RoutePattern(path: "/**"))
        let table = RouteTableTests.table(patterns)
        #expect(
            RouteTableTests.match(table, "POST", "/tenants/t\(count - 1)/agents/x/invoke")
                == .success(.route(count - 1)))
        #expect(table.widestFrontier(on: "/tenants/t\(count - 1)/agents/x/invoke") <= 3)
    }
}

extension RouteTable {
    /// The most trie nodes that were looked at for one segment of `path`.
    fileprivate func widestFrontier(on path: String) -> Int {
        var scratch = RouteScratch()
        let name = [UInt8]("POST".utf8)
        let none: [UInt8] = []
        _ = match(.post, named: name.span, host: none.span, path: [UInt8](path.utf8).span, scratch: &scratch)
        return scratch.frontier.widest
    }
}
