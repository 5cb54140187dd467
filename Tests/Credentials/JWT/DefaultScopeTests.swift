import Credentials
import Domain
import Testing

@Suite struct DefaultScopeTests {
    private func principal(_ claims: String, _ change: (inout TokenPolicy) -> Void = { _ in }) throws -> Principal {
        var policy = Token.policy { $0.defaultScopes = ["*"] }
        change(&policy)
        return try Token.verify(Token.made(Token.claims(claims)), policy).get().principal
    }

    @Test func standInForAnAbsentClaimOnly() throws {
        #expect(try principal("").scopes == ["*"])
        #expect(try principal("\"scope\":null").scopes == ["*"])
        #expect(try principal("\"scope\":\"\"").scopes == [])
        #expect(try principal("\"scope\":[]").scopes == [])
        #expect(try principal("\"scope\":\"a\"").scopes == ["a"])
    }

    @Test func aTokensStarCountsOnlyWhereItMay() throws {
        #expect(try principal("\"scope\":\"* a\"").scopes == ["*", "a"])
        #expect(try principal("\"scope\":\"* a\"") { $0.hasWildcardScope = false }.scopes == ["a"])
        #expect(try principal("") { $0.hasWildcardScope = false }.scopes == ["*"])
    }

    @Test func aSingleRoleStandsInForAnAbsentList() throws {
        let change: (inout TokenPolicy) -> Void = { $0.claims.role = "role" }
        #expect(try principal("\"role\":\"reader\"", change).roles == ["reader"])
        #expect(try principal("\"role\":\"reader\",\"roles\":[\"admin\"]", change).roles == ["admin"])
        #expect(try principal("\"role\":\"reader\",\"roles\":[]", change).roles == [])
        #expect(try principal("\"role\":\"reader\"").roles == [])
    }
}
