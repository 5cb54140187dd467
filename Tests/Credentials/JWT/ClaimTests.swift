import Bytes
import Credentials
import Domain
import Testing

@Suite struct ClaimTests {
    private static let now = Token.now

    /// Without leeway at `now`, unless it says otherwise.
    @Test(arguments: [
        (#"{"sub":"a"}"#, TokenRefusal(.expiryMissing)),
        (#"{"sub":"a","exp":null}"#, TokenRefusal(.claimWrongType, claim: "exp")),
        (#"{"sub":"a","exp":"1700000060"}"#, TokenRefusal(.claimWrongType, claim: "exp")),
        (#"{"sub":"a","exp":true}"#, TokenRefusal(.claimWrongType, claim: "exp")),
        (#"{"sub":"a","exp":1e400}"#, TokenRefusal(.claimWrongType, claim: "exp")),
        (#"{"sub":"a","exp":-1e400}"#, TokenRefusal(.claimWrongType, claim: "exp")),
        (#"{"sub":"a","exp":9223372036854775807}"#, TokenRefusal(.claimWrongType, claim: "exp")),
        (#"{"sub":"a","exp":9223372036854775808}"#, TokenRefusal(.claimWrongType, claim: "exp")),
        (#"{"sub":"a","exp":1700000060000}"#, TokenRefusal(.claimWrongType, claim: "exp")),
        (#"{"sub":"a","exp":-1}"#, TokenRefusal(.expired)), (#"{"sub":"a","exp":0}"#, TokenRefusal(.expired)),
        (#"{"sub":"a","exp":-9223372036854775808}"#, TokenRefusal(.claimWrongType, claim: "exp")),
        (#"{"sub":"a","exp":1700000000}"#, TokenRefusal(.expired)),
        (#"{"sub":"a","exp":1700000000.999}"#, TokenRefusal(.expired)),
        (#"{"sub":"a","exp":1e-400}"#, TokenRefusal(.expired)),
    ])
    func expiry(_ claims: String, _ refusal: TokenRefusal) {
        #expect(Token.refusal(claims: claims) == refusal)
    }

    @Test(arguments: [
        (#""nbf":1700000000"#, nil), (#""nbf":-1"#, nil), (#""nbf":1.7e9"#, nil),
        (#""nbf":1700000001"#, TokenRefusal(.notYetValid)), (#""nbf":1700000000.1"#, TokenRefusal(.notYetValid)),
        (#""nbf":null"#, TokenRefusal(.claimWrongType, claim: "nbf")),
        (#""nbf":1e30"#, TokenRefusal(.claimWrongType, claim: "nbf")),
        (#""iat":1700000000"#, nil), (#""iat":1700000000.5"#, nil), (#""iat":-5"#, nil),
        (#""iat":1700000001"#, TokenRefusal(.issuedInFuture)),
        (#""iat":"x""#, TokenRefusal(.claimWrongType, claim: "iat")),
    ])
    func otherDates(_ more: String, _ refusal: TokenRefusal?) {
        #expect(Token.refusal(claims: Token.claims(more)) == refusal)
    }

    @Test func leewayWorksBothWays() {
        let policy = Token.policy { $0.leewaySeconds = 30 }
        let claims = Token.claims("\"nbf\":\(Self.now),\"iat\":\(Self.now)")
        for (at, fault) in [
            (Self.now - 31, TokenFault.notYetValid), (Self.now - 30, nil), (Self.now + 89, nil),
            (Self.now + 90, .expired),
        ] {
            #expect(Token.refusal(claims: claims, policy, at: at)?.fault == fault)
        }
        let issued = Token.claims("\"iat\":\(Self.now + 31)")
        #expect(Token.refusal(claims: issued, policy)?.fault == .issuedInFuture)
    }

    /// What is remembered ends when the token says, not when the leeway does.
    @Test func anExpiryIsRoundedDownAndWithoutLeeway() throws {
        let policy = Token.policy { $0.leewaySeconds = 300 }
        let verified = try Token.verify(Token.made(#"{"sub":"a","exp":1700000005.9}"#), policy).get()
        #expect(verified.expiresAt == 1_700_000_005)
        #expect(verified.principal.expiresAt == 1_700_000_005)
    }

    @Test(
        arguments: [
            ([], #""iat":1"#, nil), ([], #""aud":"x""#, .unexpectedAudience), ([], #""aud":[]"#, .unexpectedAudience),
            ([], #""aud":null"#, .claimWrongType),
            (["a"], #""iat":1"#, .audienceMissing), (["a"], #""aud":[]"#, .audienceMissing),
            (["a"], #""aud":"a""#, nil), (["a"], #""aud":["x","a"]"#, nil), (["a", "b"], #""aud":"b""#, nil),
            (["a"], #""aud":"A""#, .wrongAudience), (["a"], #""aud":["x"]"#, .wrongAudience),
            (["a"], #""aud":"""#, .wrongAudience),
            (["a"], #""aud":"a b""#, .wrongAudience), (["a"], #""aud":1"#, .claimWrongType),
            (["a"], #""aud":["a",1]"#, .claimWrongType), (["a"], #""aud":{"a":1}"#, .claimWrongType),
            (["é"], "\"aud\":\"e\u{301}\"", .wrongAudience),
        ] as [([String], String, TokenFault?)])
    func audience(_ accepted: [String], _ more: String, _ fault: TokenFault?) {
        #expect(Token.refusal(claims: Token.claims(more), Token.policy { $0.audiences = accepted })?.fault == fault)
    }

    @Test(
        arguments: [
            (nil, #""iss":"https://x""#, nil), (nil, #""iat":1"#, nil), ("https://x", #""iss":"https://x""#, nil),
            ("https://x", #""iat":1"#, .issuerMissing), ("https://x", #""iss":"https://x/""#, .unknownIssuer),
            ("https://x", #""iss":"HTTPS://x""#, .unknownIssuer), (nil, #""iss":7"#, .claimWrongType),
            (nil, #""iss":null"#, .claimWrongType),
        ] as [(String?, String, TokenFault?)])
    func issuer(_ wanted: String?, _ more: String, _ fault: TokenFault?) {
        #expect(Token.refusal(claims: Token.claims(more), Token.policy { $0.issuer = wanted })?.fault == fault)
    }

    @Test(
        arguments: [
            (["a": nil], #""a":0"#, nil), (["a": nil], #""b":0"#, TokenRefusal(.claimMissing, claim: "a")),
            (["a": nil], #""a":null"#, TokenRefusal(.claimMissing, claim: "a")),
            (["a": "1"], #""a":"1""#, nil), (["a": "1"], #""a":1"#, nil), (["a": "true"], #""a":true"#, nil),
            (["a": "true"], #""a":false"#, TokenRefusal(.claimWrongValue, claim: "a")),
            (["a": "x"], #""a":["y","x"]"#, nil),
            (["a": "x"], #""a":[["x"]]"#, TokenRefusal(.claimWrongValue, claim: "a")),
            (["a": "x"], #""a":{"x":1}"#, TokenRefusal(.claimWrongValue, claim: "a")),
            (["a.b": "x"], #""a":{"b":"x"}"#, nil), (["a.b": "x"], #""a":{"b":"y"},"a.b":"x""#, nil),
            (["a.b": nil], #""a":"b""#, TokenRefusal(.claimWrongType, claim: "a.b")),
            (["c": nil, "b": nil, "d": nil], #""d":1"#, TokenRefusal(.claimMissing, claim: "b")),
        ] as [([String: String?], String, TokenRefusal?)])
    func required(_ wanted: [String: String?], _ more: String, _ refusal: TokenRefusal?) {
        #expect(Token.refusal(claims: Token.claims(more), Token.policy { $0.requiredClaims = wanted }) == refusal)
    }

    @Test(arguments: ["[]", "1", "\"x\"", "null", "[{\"sub\":\"a\"}]"])
    func claimsAreAnObject(_ payload: String) {
        #expect(Token.refusal(claims: payload)?.fault == .notAnObject)
    }

    @Test func claimsOccurOnce() {
        #expect(Token.refusal(claims: Token.claims(#""exp":1"#))?.fault == .duplicateMember)
        #expect(Token.refusal(claims: Token.claims(#""a":{"b":1,"b":2}"#))?.fault == .duplicateMember)
    }
}
