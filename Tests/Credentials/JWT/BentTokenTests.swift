import Bytes
import Credentials
import Testing

/// Tokens that a stranger bent: whatever the bytes, the answer is a refusal and never a trap.
@Suite struct BentTokenTests {
    /// SplitMix64: the same tokens on every run.
    private struct Random: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
            return value ^ value >> 31
        }
    }

    private static let pieces = [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\ud800", "null", "true", "-", "1e999", "9223372036854775807",
        "-9223372036854775808", "0.1", "\"exp\"", "\"aud\"", "\"cnf\"", "\"iss\"", "\0", "\u{FEFF}", "é", " ",
    ].map { [UInt8]($0.utf8) }

    private static func bend(_ bytes: inout [UInt8], _ random: inout Random) {
        for _ in 0...Int.random(in: 0..<3, using: &random) where !bytes.isEmpty {
            let position = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes[position] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes.remove(at: position)
            case 2: bytes.insert(contentsOf: pieces.randomElement(using: &random) ?? [], at: position)
            default: bytes.removeSubrange(position..<min(bytes.count, position + 8))
            }
        }
    }

    @Test func bentTokensAreRefused() {
        var random = Random(state: 7515)
        let good = Token.made(Token.claims(#""iss":"x","roles":["a"],"nbf":1"#))
        for _ in 0..<3000 {
            var token = good
            Self.bend(&token, &random)
            #expect(token == good || Token.refusal(token) != nil, "\(token.span.text())")
        }
    }

    /// Signed all the same, so that every rule behind the signature meets them too.
    @Test func bentClaimsEndInAnAnswer() {
        var random = Random(state: 7519)
        let claims = [UInt8](
            Token.claims(#""iss":"x","aud":["a","b"],"nbf":1.5,"iat":1,"roles":["a"],"cnf":{"jkt":"AA"},"a":{"b":{}}"#)
                .utf8)
        let policy = Token.policy {
            $0.audiences = ["a"]
            $0.claims.roles = "a.b.c"
            $0.requiredClaims = ["a.b": nil]
        }
        let secret = Token.secret
        let hmac = HMACSHA256(key: secret.span)
        var refused = 0
        for _ in 0..<3000 {
            var bent = claims
            Self.bend(&bent, &random)
            let signed = [UInt8]("\(Token.encode(#"{"alg":"HS256"}"#)).\(Base64URL.encode(bent.span))".utf8)
            let code = hmac.code(signed.span)
            if Token.refusal(signed + [0x2E] + code.base64URL.utf8, policy) != nil { refused += 1 }
        }
        // A few lose the binding that cannot be checked, and are good tokens then.
        #expect(refused > 2900)
    }

    @Test func bentKeyDocumentsEndInAnAnswer() throws {
        var random = Random(state: 7517)
        let signer = try AssertionSigner(pem: TestKeys.p256)
        for _ in 0..<500 {
            var document = signer.jwks
            Self.bend(&document, &random)
            if let keys = try? KeySet(jwks: document, algorithms: SignatureAlgorithm.allCases) {
                #expect(keys.keys.count + keys.skipped.count <= 1)
            }
        }
    }
}
