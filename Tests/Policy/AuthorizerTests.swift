import Domain
import Testing

@testable import Policy

@Suite struct AuthorizerTests {
    private func setUp(unmatched: Unmatched = .deny) -> (Authorizer, RouteTable, GrantTable) {
        var grants = GrantTable()
        let deploy = grants.requirement(permissions: ["deploy"], scopes: ["agent:admin"])!
        let table = RouteTable([
            (Route(pattern: "/admin", required: deploy, cost: 5), RoutePattern(path: "/admin")),
            (Route(pattern: "/open", isPublic: true), RoutePattern(path: "/open")),
        ])
        return (Authorizer(unmatched: unmatched), table, grants)
    }

    private func decide(_ permissions: [String], _ scopes: [String]) -> Result<Int64, DenyReason> {
        let (authorizer, table, grants) = setUp()
        return authorizer.authorize(
            .route(0), in: table, holding: grants.grants(permissions: permissions, scopes: scopes)
        ).map(\.cost)
    }

    @Test func asksForEveryPermissionAndScope() {
        #expect(decide(["deploy"], ["agent:admin"]) == .success(5))
        #expect(decide(["deploy"], ["*"]) == .success(5))
        #expect(decide(["invoke"], ["*"]) == .failure(.permissionMissing))
        #expect(decide(["deploy"], ["agent:read"]) == .failure(.scopeMissing))
        // `*` is a word like any other among permissions.
        #expect(decide(["*"], ["*"]) == .failure(.permissionMissing))
    }

    @Test func publicRoutesAskForNothing() {
        let (authorizer, table, _) = setUp()
        #expect((try? authorizer.authorize(.route(1), in: table, holding: Grants()).get()) != nil)
    }

    @Test func unmatchedIsWhatTheConfigurationSays() {
        let (deny, table, _) = setUp()
        #expect(deny.authorize(.unmatched, in: table, holding: Grants()).map(\.cost) == .failure(.routeUnmatched))
        let (authenticated, _, _) = setUp(unmatched: .authenticated)
        #expect(authenticated.authorize(.unmatched, in: table, holding: Grants()).map(\.cost) == .success(1))
        let refused = authenticated.authorize(.methodNotAllowed, in: table, holding: Grants()).map(\.cost)
        #expect(refused == .failure(.methodNotAllowed))
    }

    @Test func boundsTheWordsThatRoutesMayAskFor() {
        var grants = GrantTable()
        for index in 0..<GrantSet.capacity {
            #expect(grants.requirement(permissions: ["p\(index)"], scopes: []) != nil)
        }
        #expect(grants.requirement(permissions: ["one more"], scopes: []) == nil)
        #expect(grants.requirement(permissions: ["p7"], scopes: []) != nil)
    }
}
