/// Why a key, or a whole document of keys, is not taken. The raw values are words for logs and metrics.
public enum KeySetFault: String, CaseIterable, Error, Sendable {
    // The document.
    case documentTooLarge = "document_too_large"
    case notJSON = "not_json"
    case notAKeySet = "not_a_key_set"
    case tooManyKeys = "too_many_keys"
    case badPEM = "bad_pem"
    // One key.
    case badMember = "bad_member"
    case unsupportedKeyType = "unsupported_key_type"
    case unsupportedCurve = "unsupported_curve"
    case pointOffCurve = "point_off_curve"
    case weakRSAKey = "weak_rsa_key"
    case oversizeRSAKey = "oversize_rsa_key"
    case badRSAKey = "bad_rsa_key"
    case secretTooShort = "secret_too_short"
    case privateKeyPublished = "private_key_published"
    case notForSignatures = "not_for_signatures"
    case algorithmNotAllowed = "algorithm_not_allowed"
    case keyAlgorithmMismatch = "key_algorithm_mismatch"
    case duplicateKeyID = "duplicate_kid"

    /// One sentence for whoever reads the log; it names no key material.
    public var description: String {
        switch self {
        case .documentTooLarge: "the key document has more than \(KeySet.documentBytesMax) bytes"
        case .notJSON: "the key document is not strict JSON"
        case .notAKeySet: "the key document has no array named keys"
        case .tooManyKeys: "the key document has more than \(KeySet.keysMax) keys"
        case .badPEM: "no public key or certificate can be read from the PEM"
        case .badMember: "a member of the key is missing, of the wrong type or not canonical base64url"
        case .unsupportedKeyType: "the key is neither RSA, EC nor OKP"
        case .unsupportedCurve: "the curve is neither P-256, P-384, P-521, Ed25519 nor Ed448"
        case .pointOffCurve: "the point is not on its curve"
        case .weakRSAKey: "the RSA modulus has fewer than \(PublicKeyParts.rsaBitsMin) bits"
        case .oversizeRSAKey: "the RSA modulus has more than \(PublicKeyParts.rsaBitsMax) bits"
        case .badRSAKey: "the RSA modulus or exponent is even, or the exponent is out of bounds"
        case .secretTooShort: "the secret is shorter than the digest of its algorithm"
        case .privateKeyPublished: "the key holds private or secret members, which a published key must not"
        case .notForSignatures: "the key's use or key_ops do not include verifying signatures"
        case .algorithmNotAllowed: "the configuration lists no algorithm this key serves"
        case .keyAlgorithmMismatch: "the key's alg is not one for its type or curve"
        case .duplicateKeyID: "an earlier key of the document has this kid and algorithm"
        }
    }
}

/// A key of a document that was left out, the others being taken.
public struct SkippedKey: Equatable, Sendable {
    /// Counted from 0, in the document's order.
    public var position: Int
    /// The key's `kid`, where it has a readable one.
    public var keyID: String?
    public var fault: KeySetFault

    public init(position: Int, keyID: String?, fault: KeySetFault) {
        self.position = position
        self.keyID = keyID
        self.fault = fault
    }
}
