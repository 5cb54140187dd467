import Bytes
import Testing

@testable import Credentials

@Suite struct HeaderMemoTests {
    private func encoded(_ text: String) -> [UInt8] { Array(Base64URL.encode(Array(text.utf8).span).utf8) }

    @Test func aSpellingMeansWhatItMeantBeforeAndAnotherWhatItSays() throws {
        var memo = JOSEHeaderMemo()
        let (first, second) = (encoded(#"{"alg":"RS256","kid":"1"}"#), encoded(#"{"alg":"ES256","kid":"2"}"#))
        for (part, name) in [(first, "1"), (first, "1"), (second, "2"), (first, "1")] {
            #expect(try memo.header(part.span, key: .refused).keyID == name)
        }
    }

    /// What was refused is refused again, and pushes out nothing that was good.
    @Test func aRefusedHeaderIsNotRemembered() throws {
        var memo = JOSEHeaderMemo()
        let (good, bad) = (encoded(#"{"alg":"RS256"}"#), encoded(#"{"alg":"none"}"#))
        _ = try memo.header(good.span, key: .refused)
        for _ in 0..<2 {
            #expect(throws: TokenRefusal(.algorithmNone)) { try memo.header(bad.span, key: .refused) }
        }
        #expect(try memo.header(good.span, key: .refused).algorithm == .rs256)
    }

    /// A token with a key in its header is no proof's, however often the proof's header was read.
    @Test func aProofsHeaderIsNoTokens() throws {
        var memo = JOSEHeaderMemo()
        let proof = encoded(#"{"alg":"ES256","jwk":{"kty":"EC"}}"#)
        _ = try memo.header(proof.span, key: .required)
        #expect(throws: TokenRefusal(.embeddedKey, claim: "jwk")) { try memo.header(proof.span, key: .refused) }
        let token = encoded(#"{"alg":"ES256"}"#)
        _ = try memo.header(token.span, key: .refused)
        #expect(throws: TokenRefusal(.badHeader, claim: "jwk")) { try memo.header(token.span, key: .required) }
    }
}
