import Testing

@testable import Policy

@Suite struct NarrowScopesTests {
    private func isPermitted(
        _ path: String, _ scopes: [String], rules: PathRules = PathRules(), segment: Int? = 3
    ) -> Bool {
        var grants = GrantTable()
        let required = grants.requirement(permissions: [], scopes: ["agents:invoke"])!
        let route = Route(
            pattern: "/v1/agents/*/invoke", required: required, scopes: ["agents:invoke"], scopeSegment: segment)
        let table = RouteTable([(route, RoutePattern(path: "/v1/agents/*/invoke"))], paths: rules)
        let authorizer = Authorizer(unmatched: .deny)
        let bytes = Array(path.utf8)
        return authorizer.authorizeNarrowly(.route(0), in: table, holding: scopes, path: bytes.span) != nil
    }

    @Test func holdsForItsSegmentAlone() {
        #expect(isPermitted("/v1/agents/planner/invoke", ["agents:invoke:planner"]))
        #expect(isPermitted("/v1/agents/planner/invoke", ["other", "agents:invoke"]))
        #expect(!isPermitted("/v1/agents/planner/invoke", ["agents:invoke:other"]))
        #expect(!isPermitted("/v1/agents/planner/invoke", ["agents:invoke:"]))
        #expect(!isPermitted("/v1/agents/planner/invoke", ["agents:invoke:plan", "agents:invoke:Planner"]))
        #expect(!isPermitted("/v1/agents/planner/invoke", []))
        #expect(!isPermitted("/v1/agents/planner/invoke", ["agents:invoke:planner"], segment: nil))
        #expect(!isPermitted("/v1/agents/planner/invoke", ["agents:invoke:planner"], segment: 9))
    }

    /// Where two programs could see two segments, none is taken.
    @Test func aPathOfTwoReadingsNarrowsNothing() {
        var prefixed = PathRules()
        prefixed.strippedPrefix = Array("/v1".utf8)
        #expect(!isPermitted("/v1/agents/planner/invoke", ["agents:invoke:planner"], rules: prefixed))
        for path in [
            "/v1/agents//invoke", "/v1//agents/planner/invoke", "/v1/agents/plan%6Eer/invoke",
            "/v1/agents/planner/../other/invoke", "/v1/x/../agents/planner/invoke",
        ] {
            #expect(!isPermitted(path, ["agents:invoke:planner", "agents:invoke:plan%6Eer", "agents:invoke:"]))
        }
    }
}
