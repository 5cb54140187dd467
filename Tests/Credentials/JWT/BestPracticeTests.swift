import Bytes
import Testing

@testable import Credentials

/// RFC 8725 section 3, point by point.
@Suite struct BestPracticeTests {
    private static let issuer = "https://issuer.example"

    private func signer(_ pem: String, _ algorithm: SignatureAlgorithm? = nil) throws -> AssertionSigner {
        try AssertionSigner(pem: pem, algorithm: algorithm)
    }

    private func keys(_ signer: AssertionSigner) throws -> KeySet {
        try KeySet(jwks: signer.jwks, algorithms: [signer.algorithm])
    }

    private func policy(_ algorithms: SignatureAlgorithm...) -> TokenPolicy {
        TokenPolicy(algorithms: algorithms, leewaySeconds: 0)
    }

    private func sign(_ signer: AssertionSigner, _ more: String = "") throws -> [UInt8] {
        let token = signer.sign(claims: [UInt8](Token.claims(more).utf8).span)
        return try #require(token)
    }

    /// 3.1: the configuration's algorithms, whatever the token says, and one key for one algorithm.
    @Test func algorithmsAreTheConfigurations() throws {
        let rsa = try signer(TestKeys.rsa)
        let token = try sign(rsa)
        #expect(Token.refusal(token, policy(.rs256), keys: try keys(rsa)) == nil)
        #expect(Token.refusal(token, policy(.es256), keys: try keys(rsa))?.fault == .algorithmNotAllowed)
        let padded = try sign(try signer(TestKeys.rsa, .ps256))
        #expect(Token.refusal(padded, policy(.rs256, .ps256), keys: try keys(rsa))?.fault == .keyAlgorithmMismatch)
    }

    /// 3.1, the attack of section 2.1: a public key taken for a secret.
    @Test func aPublicKeyIsNoSecret() throws {
        let rsa = try signer(TestKeys.rsa)
        for secret in [TestKeys.rsaPublic, TestKeys.rsaPublic + "\n", rsa.jwks.text] {
            let forged = try sign(try AssertionSigner(secret: [UInt8](secret.utf8)))
            #expect(Token.refusal(forged, policy(.rs256), keys: try keys(rsa))?.fault == .algorithmNotAllowed)
            #expect(Token.refusal(forged, policy(.hs256, .rs256), keys: try keys(rsa))?.fault == .keyAlgorithmMismatch)
        }
    }

    /// 3.2: `none` is no algorithm, with or without a signature.
    @Test func noneIsNone() {
        for header in [#"{"alg":"none"}"#, #"{"alg":"None"}"#] {
            let token = "\(Token.encode(header)).\(Token.encode(Token.claims()))."
            #expect(Token.refusal([UInt8](token.utf8))?.fault == .algorithmNone)
            #expect(Token.refusal(Token.made(header: header, Token.claims()))?.fault == .algorithmNone)
        }
    }

    /// 3.3: every cryptographic operation is validated: another key's signature fails the whole token.
    @Test func anotherKeysSignatureFails() throws {
        for (mine, other) in [(TestKeys.ed25519, TestKeys.ed448), (TestKeys.ed448, TestKeys.ed25519)] {
            let forged = try sign(try signer(mine))
            let parts = forged.span.text().split(separator: ".")
            let victim = try signer(other)
            let header = Token.encode("{\"alg\":\"EdDSA\",\"kid\":\"\(victim.keyID ?? "")\"}")
            let token = [UInt8]("\(header).\(parts[1]).\(parts[2])".utf8)
            #expect(Token.refusal(token, policy(.eddsa), keys: try keys(victim))?.fault == .badSignature)
        }
    }

    /// 3.5: keys with enough entropy. A password is none, however it is spelled: the least is the digest's length.
    @Test func secretsAreLongEnough() {
        #expect(throws: KeySetFault.secretTooShort) {
            try KeySet(secret: [UInt8]("secret".utf8), algorithms: [.hs256])
        }
    }

    /// 3.6: no compressed token.
    @Test func nothingIsInflated() {
        let token = Token.made(header: #"{"alg":"HS256","zip":"DEF"}"#, Token.claims())
        #expect(Token.refusal(token)?.fault == .compressed)
    }

    /// 3.7: UTF-8 only, whatever a byte-order mark says.
    @Test func onlyUTF8() {
        for payload in [
            [0xFF, 0xFE, 0x7B, 0x00, 0x7D, 0x00], [0xEF, 0xBB, 0xBF, 0x7B, 0x7D],
            [0x7B, 0x22, 0xE9, 0x22, 0x3A, 0x31, 0x7D],
        ] as [[UInt8]] {
            let token = "\(Token.encode(#"{"alg":"HS256"}"#)).\(payload.base64URL).AAAA"
            #expect(Token.refusal([UInt8](token.utf8))?.fault == .badJSON)
        }
    }

    /// 3.8: the issuer and the key belong together; a subject is never nobody.
    @Test func keysAreBoundToTheirIssuer() throws {
        let first = try signer(TestKeys.p256)
        let second = try signer(TestKeys.ed25519)
        var terms = policy(.es256, .eddsa)
        terms.issuer = Self.issuer
        let token = try sign(second, "\"iss\":\"\(Self.issuer)\"")
        #expect(Token.refusal(token, terms, keys: try keys(first))?.fault == .unknownKey)
        #expect(Token.refusal(token, terms, keys: try KeySet(jwks: second.jwks, algorithms: [.eddsa])) == nil)
        let stranger = try sign(second, #""iss":"https://other.example""#)
        #expect(Token.refusal(stranger, terms, keys: try keys(second))?.fault == .unknownIssuer)
    }

    /// 3.9: who the token is meant for.
    @Test func theAudienceIsUs() throws {
        let token = Token.made(Token.claims(#""aud":"https://other.example""#))
        #expect(Token.refusal(token)?.fault == .unexpectedAudience)
        #expect(Token.refusal(token, Token.policy { $0.audiences = ["https://us.example"] })?.fault == .wrongAudience)
    }

    /// 3.10: received claims are not to be trusted: `kid` looks nothing up but the set, and no URL is followed.
    @Test func aKeyIDIsOnlyAName() throws {
        let rsa = try signer(TestKeys.rsa)
        for kid in ["' OR 1=1 --", "../../dev/null", "\\u0000", "", "é"] {
            let header = "{\"alg\":\"RS256\",\"kid\":\"\(kid)\"}"
            let token = [UInt8]("\(Token.encode(header)).\(Token.encode(Token.claims())).AAAA".utf8)
            #expect(Token.refusal(token, policy(.rs256), keys: try keys(rsa))?.fault == .unknownKey)
        }
    }

    /// 3.11 and 3.12: kinds of JWT are told apart by their type, and none passes for another.
    @Test func kindsOfTokenStayApart() {
        for type in ["dpop+jwt", "logout+jwt", "secevent+jwt", "client-authentication+jwt"] {
            let token = Token.made(header: "{\"alg\":\"HS256\",\"typ\":\"\(type)\"}", Token.claims())
            #expect(Token.refusal(token)?.fault == .wrongType)
        }
    }

    /// Keys without names are tried in turn, a few of them.
    @Test func aTokenThatNamesNoKey() throws {
        let pem = TestKeys.p256Public + "\n" + TestKeys.rsaPublic
        let set = try KeySet(pem: pem, algorithms: [.rs256, .es256])
        let token = try sign(try signer(TestKeys.rsa))
        let verified = try Token.verify(token, policy(.rs256, .es256), keys: set).get()
        #expect(set.contains(verified.keyFingerprint))
        #expect(Token.refusal(token, policy(.rs256), keys: KeySet.none)?.fault == .unknownKey)
    }
}
