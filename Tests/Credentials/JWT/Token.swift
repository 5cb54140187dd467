import Bytes
import Credentials

/// Tokens made by hand, header and payload to the letter, under one HMAC secret.
enum Token {
    static let secret = [UInt8]("0123456789abcdef0123456789abcdef".utf8)
    static let now: Int64 = 1_700_000_000

    static func made(header: String = #"{"alg":"HS256"}"#, _ payload: String) -> [UInt8] {
        let signed = "\(encode(header)).\(encode(payload))"
        let code = HMACSHA256(key: secret.span).code([UInt8](signed.utf8).span)
        return [UInt8]("\(signed).\(code.base64URL)".utf8)
    }

    static func encode(_ text: String) -> String { Base64URL.encode([UInt8](text.utf8).span) }

    /// The claims of a good token, and `more`.
    static func claims(_ more: String = "") -> String {
        "{\"sub\":\"alice\",\"exp\":\(now + 60)\(more.isEmpty ? "" : ",")\(more)}"
    }

    static func policy(_ change: (inout TokenPolicy) -> Void = { _ in }) -> TokenPolicy {
        var policy = TokenPolicy(algorithms: [.hs256], leewaySeconds: 0)
        change(&policy)
        return policy
    }

    static func verify(
        _ token: [UInt8], _ policy: TokenPolicy = policy(), keys: KeySet? = nil, at now: Int64 = now
    ) -> Result<VerifiedToken, TokenRefusal> {
        switch UnverifiedToken.read(token.span, bytesMax: policy.tokenBytesMax) {
        case .failure(let refusal): return .failure(refusal)
        case .success(let parsed):
            guard let keys = keys ?? (try? KeySet(secret: secret, algorithms: [.hs256])) else {
                return .failure(TokenRefusal(.unknownKey))
            }
            return TokenVerifier.verify(token.span, parsed: parsed, policy: policy, keys: keys, now: now)
        }
    }

    /// Why a token is refused, or nil.
    static func refusal(
        _ token: [UInt8], _ policy: TokenPolicy = policy(), keys: KeySet? = nil, at now: Int64 = now
    ) -> TokenRefusal? {
        if case .failure(let refusal) = verify(token, policy, keys: keys, at: now) { refusal } else { nil }
    }

    /// Why claims are refused, or nil.
    static func refusal(claims: String, _ policy: TokenPolicy = policy(), at now: Int64 = now) -> TokenRefusal? {
        refusal(made(claims), policy, at: now)
    }
}
