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
        var reached = TokenRule.size
        do throws(TokenRefusal) {
            return .success(try UnverifiedToken(token, bytesMax: bytesMax, reached: &reached))
        } catch {
            return .failure(error)
        }
    }

    init(
        _ token: borrowing Span<UInt8>, bytesMax: Int, key: JOSEHeader.KeyRule = .refused, reached: inout TokenRule
    ) throws(TokenRefusal) {
        jws = try CompactJWS(token, bytesMax: bytesMax, key: key, reached: &reached)
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
