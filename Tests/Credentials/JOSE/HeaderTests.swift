import Bytes
import Credentials
import Testing

/// Headers that no policy takes.
@Suite struct HeaderTests {
    @Test(arguments: [
        (#"{}"#, TokenFault.algorithmMissing), (#"{"alg":1}"#, .badHeader), (#"{"alg":null}"#, .badHeader),
        (#"{"alg":"none"}"#, .algorithmNone), (#"{"alg":"NONE"}"#, .algorithmNone),
        (#"{"alg":"nOnE"}"#, .algorithmNone),
        (#"{"alg":"\u006eone"}"#, .algorithmNone), (#"{"alg":"none "}"#, .algorithmNotAllowed),
        (#"{"alg":""}"#, .algorithmNotAllowed), (#"{"alg":"hs256"}"#, .algorithmNotAllowed),
        (#"{"alg":"HS1"}"#, .algorithmNotAllowed), (#"{"alg":"ES256K"}"#, .algorithmNotAllowed),
        (#"{"alg":"HS256","crit":["exp"],"exp":1}"#, .criticalHeader), (#"{"alg":"HS256","crit":[]}"#, .criticalHeader),
        (#"{"alg":"HS256","crit":null}"#, .criticalHeader),
        (#"{"alg":"HS256","b64":false,"crit":["b64"]}"#, .criticalHeader), (#"{"alg":"HS256","b64":true}"#, .badHeader),
        (#"{"alg":"HS256","zip":"DEF"}"#, .compressed), (#"{"alg":"HS256","jku":"https://x"}"#, .embeddedKey),
        (#"{"alg":"HS256","x5u":""}"#, .embeddedKey), (#"{"alg":"HS256","x5c":[]}"#, .embeddedKey),
        (#"{"alg":"HS256","jwk":{}}"#, .embeddedKey), (#"{"alg":"HS256","cty":"JWT"}"#, .nested),
        (#"{"alg":"HS256","cty":"application/jwt"}"#, .nested), (#"{"alg":"HS256","cty":7}"#, .badHeader),
        (#"{"alg":"HS256","kid":1}"#, .badHeader), (#"{"alg":"HS256","typ":[]}"#, .badHeader),
        (#"{"alg":"HS256","alg":"none"}"#, .duplicateMember),
        (#"{"alg":"HS256","\u0061lg":"HS256"}"#, .duplicateMember),
        (#"["HS256"]"#, .notAnObject), (#""HS256""#, .notAnObject), (#"{"alg":"HS256"}x"#, .badJSON), ("", .badJSON),
        (#"{"alg":"HS256"#, .badJSON),
    ])
    func refuses(_ header: String, _ fault: TokenFault) {
        #expect(Token.refusal(Token.made(header: header, Token.claims()))?.fault == fault)
    }

    @Test(arguments: [
        #"{"alg":"HS256","kid":"../../etc/passwd"}"#, #"{"alg":"HS256","typ":"JWT","cty":"json"}"#,
        #" { "x5t" : "AAAA" , "alg" : "HS256", "unknown": {"a": [1]} } "#,
    ])
    func takes(_ header: String) {
        #expect(Token.refusal(Token.made(header: header, Token.claims())) == nil)
    }

    @Test func theFormOfAToken() {
        let good = Token.made(Token.claims())
        let text = good.span.text()
        let parts = text.split(separator: ".").map(String.init)
        func fault(_ text: String) -> TokenFault? { Token.refusal([UInt8](text.utf8))?.fault }
        #expect(fault(text) == nil)
        for bad in ["", ".", parts[0], "\(parts[0]).\(parts[1])", "\(text).", "\(text).x.y"] {
            #expect(fault(bad) == .notCompact, "\(bad)")
        }
        #expect(fault("..") == .badJSON)
        #expect(fault("\(parts[0])..\(parts[2])") == .badJSON)
        #expect(fault("\(parts[0]).\(parts[1]).") == .badSignature)
        #expect(fault("\(parts[0])=.\(parts[1]).\(parts[2])") == .badBase64URL)
        #expect(fault("\(parts[0]).\(parts[1])\n.\(parts[2])") == .badBase64URL)
        #expect(fault("\(text)=") == .badBase64URL)
        #expect(fault(" \(text)") == .badBase64URL)
        // The last character of a 32-byte code has two bits that no byte holds.
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        let last = digits.firstIndex(of: text.last ?? "A") ?? 0
        #expect(fault("\(text.dropLast())\(digits[last | 1])") == .badBase64URL)
        #expect(fault("\(parts[0]).\(parts[1]).\(parts[2].dropFirst(4))") == .badSignature)
    }

    @Test func theSizeIsLookedAtFirst() {
        let bytes = [UInt8](repeating: 0x2E, count: TokenPolicy.tokenBytesMaxDefault + 1)
        #expect(Token.refusal(bytes)?.fault == .tooLarge)
        #expect(Token.refusal(Array(bytes.dropLast()))?.fault == .notCompact)
        let good = Token.made(Token.claims())
        #expect(Token.refusal(good, Token.policy { $0.tokenBytesMax = good.count }) == nil)
        // Read under another issuer's larger bound, and still held to this one's.
        let parsed = UnverifiedToken.read(good.span)
        guard case .success(let parsed) = parsed,
            let keys = try? KeySet(secret: Token.secret, algorithms: [.hs256])
        else { return #expect(Bool(false)) }
        let policy = Token.policy { $0.tokenBytesMax = good.count - 1 }
        let result = TokenVerifier.verify(good.span, parsed: parsed, policy: policy, keys: keys, now: Token.now)
        if case .failure(let refusal) = result { #expect(refusal.fault == .tooLarge) } else { #expect(Bool(false)) }
    }

    @Test(
        arguments: [
            (nil, nil, true), (nil, "JWT", true), (nil, "at+jwt", true), (nil, "jose", true), (nil, "dpop+jwt", false),
            (nil, "application/logout+jwt", false), (nil, "SECEVENT+JWT", false),
            ("at+jwt", "at+jwt", true), ("at+jwt", "application/AT+JWT", true), ("at+jwt", "JWT", false),
            ("at+jwt", nil, false), ("at+jwt", "at+jwtx", false), ("JWT", "jwt", true), ("JWT", "at+jwt", false),
        ] as [(String?, String?, Bool)])
    func types(_ wanted: String?, _ type: String?, _ isTaken: Bool) {
        let header = type.map { "{\"alg\":\"HS256\",\"typ\":\"\($0)\"}" } ?? "{\"alg\":\"HS256\"}"
        let policy = Token.policy {
            $0.type = wanted
            $0.audiences = ["here"]
        }
        let refusal = Token.refusal(Token.made(header: header, Token.claims(#""aud":"here""#)), policy)
        #expect(refusal?.fault == (isTaken ? nil : .wrongType))
    }

    @Test func everyFaultHasAReasonAndOneSentence() {
        for fault in TokenFault.allCases {
            #expect(fault.description.hasSuffix("."))
            #expect(!fault.description.contains("_"))
            #expect(TokenRefusal(fault, claim: "roles").description.contains("(roles)"))
        }
    }
}
