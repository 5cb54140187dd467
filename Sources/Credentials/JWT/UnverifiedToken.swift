import Bytes

/// A JWT that has been read and not verified: enough to choose its issuer's policy and keys, and nothing to act on.
///
/// Read once; `TokenVerifier` goes on from here.
public struct UnverifiedToken: Sendable {
    let jws: CompactJWS
    let claims: JSONObject
    /// `iss`, which any client can write.
    public let issuer: String?

    public var algorithm: SignatureAlgorithm { jws.header.algorithm }
    public var keyID: String? { jws.header.keyID }
    public var type: String? { jws.header.type }

    /// - Parameter bytesMax: of the policies that could apply, the largest.
    public static func read(
        _ token: borrowing Span<UInt8>, bytesMax: Int = TokenPolicy.tokenBytesMaxDefault
    ) -> Result<UnverifiedToken, TokenRefusal> {
        var memo = JOSEHeaderMemo()
        return read(token, bytesMax: bytesMax, memo: &memo)
    }

    /// The same for whoever reads one after another.
    public static func read(
        _ token: borrowing Span<UInt8>, bytesMax: Int = TokenPolicy.tokenBytesMaxDefault, memo: inout JOSEHeaderMemo
    ) -> Result<UnverifiedToken, TokenRefusal> {
        var reached = TokenRule.size
        do throws(TokenRefusal) {
            return .success(try UnverifiedToken(token, bytesMax: bytesMax, memo: &memo, reached: &reached))
        } catch {
            return .failure(error)
        }
    }

    init(
        _ token: borrowing Span<UInt8>, bytesMax: Int, key: JOSEHeader.KeyRule = .refused, reached: inout TokenRule
    ) throws(TokenRefusal) {
        var memo = JOSEHeaderMemo()
        self = try UnverifiedToken(token, bytesMax: bytesMax, key: key, memo: &memo, reached: &reached)
    }

    private init(
        _ token: borrowing Span<UInt8>, bytesMax: Int, key: JOSEHeader.KeyRule = .refused,
        memo: inout JOSEHeaderMemo, reached: inout TokenRule
    ) throws(TokenRefusal) {
        jws = try CompactJWS(token, bytesMax: bytesMax, key: key, memo: &memo, reached: &reached)
        reached = .payload
        claims = try CompactJWS.object(token.extracting(jws.payload.bounds))
        reached = .issuer
        if let issuer = claims["iss"] {
            guard let text = issuer.text else { throw TokenRefusal(.claimWrongType, claim: "iss") }
            self.issuer = text
        } else {
            issuer = nil
        }
    }
}
