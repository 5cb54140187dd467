import Bytes
import Domain
import Testing

@testable import Policy

@Suite struct RouteTableTests {
    static func table(_ patterns: [RoutePattern], rules: PathRules = PathRules()) -> RouteTable {
        RouteTable(patterns.map { (Route(pattern: $0.path), $0) }, paths: rules)
    }

    static func match(
        _ table: RouteTable, _ method: String, _ path: String, host: String = ""
    ) -> Result<RouteMatch, PathFault> {
        var scratch = RouteScratch()
        let name = [UInt8](method.utf8)
        return table.match(
            Method(name.span), named: name.span, host: [UInt8](host.utf8).span, path: [UInt8](path.utf8).span,
            scratch: &scratch)
    }

    @Test(arguments: [
        ("/admin", "/admin", true), ("/admin", "/admin/", true), ("/admin", "/admin/x", false),
        ("/admin/**", "/admin", true), ("/admin/**", "/admin/", true), ("/admin/**", "/admin/a/b/c", true),
        ("/admin/**", "/administrator", false), ("/a/*", "/a/b", true), ("/a/*", "/a", false), ("/a/*", "/a/", false),
        ("/a/*", "/a/b/c", false), ("/", "/", true), ("/", "/a", false), ("/**", "/", true), ("/**", "/x/y", true),
        ("/a/**/z", "/a/z", true), ("/a/**/z", "/a/b/c/z", true), ("/a/**/z", "/a/b/c", false),
        ("/**/x/**/y", "/x/y", true), ("/**/x/**/y", "/1/x/2/x/3/y", true), ("/*/b", "/a/b", true),
        ("/a b", "/a%20b", true), ("/a%20b", "/a%20b", true), ("/café", "/caf%C3%A9", true),
        ("/caf%c3%a9", "/café", true), ("/tool!x", "/tool!x", true), ("/Admin", "/admin", false),
    ])
    func matchesPatterns(_ pattern: String, _ path: String, _ matches: Bool) {
        let result = Self.match(Self.table([RoutePattern(path: pattern)]), "GET", path)
        #expect(result == .success(matches ? .route(0) : .unmatched))
    }

    @Test func theFirstInTheFileWins() {
        let table = Self.table([
            RoutePattern(path: "/**", methods: ["DELETE"]), RoutePattern(path: "/a/*"), RoutePattern(path: "/a/b"),
            RoutePattern(path: "/**"),
        ])
        #expect(Self.match(table, "GET", "/a/b") == .success(.route(1)))
        #expect(Self.match(table, "DELETE", "/a/b") == .success(.route(0)))
        #expect(Self.match(table, "GET", "/z") == .success(.route(3)))
    }

    @Test func getCoversHeadAndNothingElse() {
        let table = Self.table([RoutePattern(path: "/a", methods: ["GET"])])
        #expect(Self.match(table, "HEAD", "/a") == .success(.route(0)))
        #expect(Self.match(table, "POST", "/a") == .success(.methodNotAllowed))
        #expect(Self.match(table, "get", "/a") == .success(.methodNotAllowed))
        let head = Self.table([RoutePattern(path: "/a", methods: ["HEAD", "PURGE"])])
        #expect(Self.match(head, "GET", "/a") == .success(.methodNotAllowed))
        #expect(Self.match(head, "PURGE", "/a") == .success(.route(0)))
    }

    @Test func hostsOpenTheirOwnRoutes() {
        let table = Self.table([
            RoutePattern(path: "/a", hosts: ["api.example.com"]), RoutePattern(path: "/a", hosts: ["*.example.com"]),
            RoutePattern(path: "/b"),
        ])
        #expect(Self.match(table, "GET", "/a", host: "API.example.com:8443") == .success(.route(0)))
        #expect(Self.match(table, "GET", "/a", host: "x.y.example.com.") == .success(.route(1)))
        #expect(Self.match(table, "GET", "/a", host: "example.com") == .success(.unmatched))
        #expect(Self.match(table, "GET", "/a") == .success(.unmatched))
        #expect(Self.match(table, "GET", "/b", host: "anything") == .success(.route(2)))
    }

    /// One program undoes `%21` and the next does not: whoever matched only one of the two let the other through.
    @Test func aPathThatReadsAsTwoRoutesIsRefused() {
        let table = Self.table([RoutePattern(path: "/tool!x"), RoutePattern(path: "/**")])
        #expect(Self.match(table, "GET", "/tool!x") == .success(.route(0)))
        #expect(Self.match(table, "GET", "/tool%21x") == .failure(.twoRoutes))
        #expect(Self.match(table, "GET", "/other%21x") == .success(.route(1)))
    }

    @Test func encodedSlashesPassOnlyWhereARouteSaysSo() {
        let table = RouteTable([
            (Route(pattern: "/files/**", separatesEncodedSlashes: true), RoutePattern(path: "/files/**")),
            (Route(pattern: "/**"), RoutePattern(path: "/**")),
        ])
        #expect(Self.match(table, "GET", "/files/a%2Fb") == .success(.route(0)))
        #expect(Self.match(table, "GET", "/other/a%2Fb") == .failure(.encodedSlash))
        #expect(Self.match(table, "GET", "/files/..%2Fadmin") == .failure(.dotSegment))
        #expect(Self.match(table, "GET", "/files%2F..%2fadmin") == .failure(.dotSegment))
    }
}
