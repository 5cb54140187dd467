import Bytes
import Credentials
import Domain
import Testing

@Suite struct TokenInspectionTests {
    private func inspect(_ token: [UInt8], _ terms: TokenInspection.Terms?) -> TokenInspection {
        TokenInspection(token.span, now: Token.now) { _ in terms }
    }

    private func terms(_ policy: TokenPolicy = Token.policy()) throws -> TokenInspection.Terms {
        TokenInspection.Terms(policy: policy, keys: try KeySet(secret: Token.secret, algorithms: [.hs256]))
    }

    /// The rules that passed, and the one that failed.
    private func outcome(_ inspection: TokenInspection) -> (passed: Int, failed: TokenRule?) {
        #expect(inspection.steps.map(\.rule) == TokenRule.allCases)
        let passed = inspection.steps.prefix { $0.outcome == .passed }.count
        let failed = inspection.steps.first { $0.outcome != .passed && $0.outcome != .notReached }?.rule
        #expect(inspection.steps.dropFirst(passed + (failed == nil ? 0 : 1)).allSatisfy { $0.outcome == .notReached })
        return (passed, failed)
    }

    @Test func aGoodTokenPassesEveryRule() throws {
        let inspection = inspect(Token.made(Token.claims()), try terms())
        #expect(outcome(inspection).passed == TokenRule.allCases.count)
        #expect(inspection.refusal == nil)
        #expect(inspection.verified?.principal.subject == "alice")
        #expect(inspection.header?["alg"]?.text == "HS256")
        #expect(inspection.claims?["sub"]?.text == "alice")
    }

    @Test func theFirstRuleBrokenIsShown() throws {
        let cases: [([UInt8], TokenPolicy, TokenRule)] = [
            ([UInt8](repeating: 0x41, count: 20_000), Token.policy(), .size), ([0x41], Token.policy(), .form),
            (Token.made(header: "{}", ""), Token.policy(), .header), (Token.made("[]"), Token.policy(), .payload),
            (Token.made(Token.claims()) + [0x3D], Token.policy(), .encoding),
            (Token.made(Token.claims()), Token.policy { $0.issuer = "x" }, .issuer),
            (Token.made(Token.claims()), Token.policy { $0.algorithms = [.rs256] }, .algorithm),
            (Token.made(Token.claims()), Token.policy { $0.type = "at+jwt" }, .type),
            (Token.made(header: #"{"alg":"HS512"}"#, Token.claims()), Token.policy { $0.algorithms = [.hs512] }, .key),
            (Token.made(Token.claims()).dropLast(4) + [], Token.policy(), .signature),
            (Token.made(#"{"sub":"a","exp":1}"#), Token.policy(), .expiry),
            (Token.made(Token.claims(#""nbf":1800000000"#)), Token.policy(), .notBefore),
            (Token.made(Token.claims(#""iat":1800000000"#)), Token.policy(), .issuedAt),
            (Token.made(Token.claims(#""aud":"x""#)), Token.policy(), .audience),
            (Token.made(Token.claims()), Token.policy { $0.requiredClaims = ["x": nil] }, .requiredClaims),
            (Token.made(Token.claims(#""cnf":{}"#)), Token.policy(), .binding),
            (Token.made(Token.claims(#""roles":1"#)), Token.policy(), .identity),
        ]
        for (token, policy, rule) in cases {
            let inspection = inspect(token, try terms(policy))
            let (passed, failed) = outcome(inspection)
            #expect(failed == rule)
            #expect(passed == TokenRule.allCases.firstIndex(of: rule))
            #expect(inspection.refusal == Token.refusal(token, policy))
            #expect(inspection.verified == nil)
        }
    }

    @Test func withoutTermsItIsOnlyRead() {
        let inspection = inspect(Token.made(Token.claims()), nil)
        #expect(outcome(inspection) == (5, nil))
        #expect(inspection.claims != nil)
        let token = Token.made(Token.claims())
        let stranger = TokenInspection(token.span, now: 0) { _ throws(TokenRefusal) in
            throw TokenRefusal(.unknownIssuer)
        }
        #expect(outcome(stranger) == (5, .issuer))
    }

    @Test func withoutKeysNothingIsSaidAboutThem() {
        let terms = TokenInspection.Terms(policy: Token.policy(), keys: nil)
        #expect(outcome(inspect(Token.made(Token.claims()), terms)) == (8, nil))
        let bad = TokenInspection.Terms(policy: Token.policy { $0.type = "x" }, keys: nil)
        #expect(outcome(inspect(Token.made(Token.claims()), bad)) == (7, .type))
    }

    @Test func showsWhatCanBeReadOfABadToken() throws {
        let inspection = inspect([UInt8]("e30.\(Token.encode("{\"a\":1}"))".utf8), try terms())
        #expect(inspection.refusal?.fault == .notCompact)
        #expect(inspection.header?.isEmpty == true)
        #expect(inspection.claims?["a"] != nil)
    }
}
