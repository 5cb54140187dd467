public import Bytes

/// Proofs that whoever sends a token holds the key it is bound to (RFC 9449).
///
/// Whether a proof was used before is the caller's to record, in a store that all replicas share.
public enum DPoPProof {
    public static let bytesMax = 8_192
    /// Seconds since a proof was made within which it counts (RFC 9449 section 11.1).
    public static let ageMaxDefault: Int64 = 60
    /// Seconds that a client's clock may be ahead.
    public static let leewayDefault: Int64 = 5

    /// What a proof has to be about.
    public struct Expectation: Sendable {
        /// SHA-256 of the access token as it was sent (`ath`).
        public var accessToken: Digest256
        /// `cnf.jkt` of the access token.
        public var thumbprint: Digest256
        /// Seconds since 1970.
        public var now: Int64
        public var ageMax: Int64
        public var leeway: Int64
        /// Only public-key algorithms are taken, whatever stands here.
        public var algorithms: [SignatureAlgorithm]

        public init(
            accessToken: Digest256, thumbprint: Digest256, now: Int64, ageMax: Int64 = ageMaxDefault,
            leeway: Int64 = leewayDefault, algorithms: [SignatureAlgorithm] = SignatureAlgorithm.asymmetric
        ) {
            self.accessToken = accessToken
            self.thumbprint = thumbprint
            self.now = now
            self.ageMax = ageMax
            self.leeway = leeway
            self.algorithms = algorithms
        }
    }

    /// The checks of RFC 9449 section 4.3 but for the record of used proofs, the signature last: it is the dear one.
    ///
    /// - Parameters:
    ///   - method: the client's own method, in the case it was sent in.
    ///   - url: the URL the client asked for; a query or fragment in it is ignored.
    /// - Returns: what to record as used, for `ageMax` plus `leeway` seconds: the same for one `jti` of one key
    ///   whatever the request, which is stricter than the RFC and cannot be outrun by changing the path.
    public static func verify(
        _ proof: borrowing Span<UInt8>, method: borrowing Span<UInt8>, url: borrowing Span<UInt8>,
        expecting expected: Expectation, sha256: SHA256
    ) -> Result<Digest128, TokenRefusal> {
        do throws(TokenRefusal) {
            let token = try read(proof)
            guard let type = token.type, MediaType.isSame(type, "dpop+jwt") else { throw TokenRefusal(.proofInvalid) }
            let key = try publicKey(token, expected.algorithms)
            guard key.thumbprint(sha256) == expected.thumbprint else { throw TokenRefusal(.proofWrongKey) }
            try checkTime(token.claims, expected)
            try checkRequest(token.claims, method: method, url: url)
            guard let hash = Digest256(base64URL: [UInt8](try text("ath", token.claims).utf8).span) else {
                throw TokenRefusal(.proofInvalid, claim: "ath")
            }
            guard hash == expected.accessToken else { throw TokenRefusal(.proofWrongToken) }
            let identifier = try text("jti", token.claims)
            try checkSignature(token, key, proof)
            let used = expected.thumbprint.bytes + identifier.utf8
            return .success(sha256.digest(kind: "dpop", value: used.span).prefix)
        } catch {
            return .failure(error)
        }
    }

    /// Whatever makes a token unreadable makes a proof invalid: a client needs no finer word.
    private static func read(_ proof: borrowing Span<UInt8>) throws(TokenRefusal) -> UnverifiedToken {
        var reached = TokenRule.size
        do throws(TokenRefusal) {
            return try UnverifiedToken(proof, bytesMax: bytesMax, key: .required, reached: &reached)
        } catch {
            throw TokenRefusal(.proofInvalid, claim: error.claim)
        }
    }

    private static func publicKey(
        _ token: UnverifiedToken, _ algorithms: [SignatureAlgorithm]
    ) throws(TokenRefusal) -> PublicKeyParts {
        guard token.algorithm.isAsymmetric, let jwk = token.jws.header.embeddedKey else {
            throw TokenRefusal(.proofInvalid, claim: "alg")
        }
        do throws(KeySetFault) {
            let parts = try PublicKeyParts(jwk: jwk)
            let declared = try JWKUse(jwk: jwk).algorithm ?? token.algorithm
            guard try parts.algorithm(declared: declared, allowed: algorithms) == token.algorithm else {
                throw .keyAlgorithmMismatch
            }
            return parts
        } catch {
            throw TokenRefusal(.proofInvalid, claim: "jwk")
        }
    }

    private static func checkTime(_ claims: JSONObject, _ expected: Expectation) throws(TokenRefusal) {
        let issued: Int64?
        do throws(TokenRefusal) {
            issued = try NumericDate.claim("iat", of: claims, rounding: .down)
        } catch {
            throw TokenRefusal(.proofInvalid, claim: "iat")
        }
        guard let issued else { throw TokenRefusal(.proofInvalid, claim: "iat") }
        guard issued >= expected.now - expected.ageMax, issued <= expected.now + expected.leeway else {
            throw TokenRefusal(.proofExpired)
        }
    }

    private static func checkRequest(
        _ claims: JSONObject, method: borrowing Span<UInt8>, url: borrowing Span<UInt8>
    ) throws(TokenRefusal) {
        guard method.equals([UInt8](try text("htm", claims).utf8)) else {
            throw TokenRefusal(.proofWrongRequest, claim: "htm")
        }
        let target = [UInt8](try text("htu", claims).utf8)
        guard let claimed = RequestURL.normalized(target.span), claimed == RequestURL.normalized(url) else {
            throw TokenRefusal(.proofWrongRequest, claim: "htu")
        }
    }

    private static func checkSignature(
        _ token: UnverifiedToken, _ parts: PublicKeyParts, _ proof: borrowing Span<UInt8>
    ) throws(TokenRefusal) {
        guard let key = try? VerificationKey(parts, token.algorithm, keyID: nil),
            token.jws.isSigned(by: key, token: proof)
        else { throw TokenRefusal(.proofInvalid) }
    }

    /// A claim that must be there, a string and not empty.
    private static func text(_ name: String, _ claims: JSONObject) throws(TokenRefusal) -> String {
        guard let text = claims[name]?.text, !text.isEmpty else { throw TokenRefusal(.proofInvalid, claim: name) }
        return text
    }
}
