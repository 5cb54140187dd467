public import Bytes

/// A key that verifies signatures of exactly one algorithm (RFC 8725 section 3.1). May be used from several threads.
public final class VerificationKey: Sendable {
    /// The `kid` it was published under; nil for a key of a PEM or a secret.
    public let keyID: String?
    public let algorithm: SignatureAlgorithm
    /// The RFC 7638 thumbprint; for a secret a digest that stays in this process.
    public let fingerprint: Digest256
    private let mechanism: Mechanism

    private enum Mechanism: Sendable {
        case key(SignatureContext)
        case secret(SharedSecret)
    }

    /// A published key (RFC 7517), which serves its `alg`, or else the first of `algorithms` for its type.
    public convenience init(jwk: JSONObject, algorithms: [SignatureAlgorithm]) throws(KeySetFault) {
        let parts = try PublicKeyParts(jwk: jwk)
        let use = try JWKUse(jwk: jwk)
        let algorithm = try parts.algorithm(declared: use.algorithm, allowed: algorithms)
        try self.init(parts, algorithm, keyID: use.keyID)
    }

    init(_ parts: PublicKeyParts, _ algorithm: SignatureAlgorithm, keyID: String?) throws(KeySetFault) {
        let key = try LibcryptoKey(parts)
        mechanism = .key(try SignatureContext(key, algorithm, signatureBytes: parts.signatureBytes))
        fingerprint = parts.thumbprint(SHA256())
        self.algorithm = algorithm
        self.keyID = keyID
    }

    /// A shared secret, at least as long as the digest (RFC 7518 section 3.2).
    public init(secret: borrowing Span<UInt8>, algorithm: SignatureAlgorithm) throws(KeySetFault) {
        mechanism = .secret(try SharedSecret(secret, algorithm))
        fingerprint = SHA256().digest(kind: "postern-secret", value: secret)
        self.algorithm = algorithm
        keyID = nil
    }

    /// Whether `signature`, in the form a JWS has it, is this key's over `message`.
    public func verify(signature: borrowing Span<UInt8>, over message: borrowing Span<UInt8>) -> Bool {
        switch mechanism {
        case .key(let context): context.verify(signature: signature, over: message)
        case .secret(let secret): secret.verify(signature: signature, over: message)
        }
    }
}
