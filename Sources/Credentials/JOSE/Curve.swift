/// The curves of RFC 7518 section 6.2.1.1 and RFC 8037 section 2 that signatures are made on.
enum Curve: String, CaseIterable, Sendable {
    case p256 = "P-256"
    case p384 = "P-384"
    case p521 = "P-521"
    case ed25519 = "Ed25519"
    case ed448 = "Ed448"

    /// Bytes of one coordinate, or of a whole Edwards key.
    var coordinateBytes: Int {
        switch self {
        case .p256, .ed25519: 32
        case .p384: 48
        case .p521: 66
        case .ed448: 57
        }
    }

    /// ECDSA's is r and s side by side (RFC 7518 section 3.4), EdDSA's R and S.
    var signatureBytes: Int { coordinateBytes * 2 }

    var isEdwards: Bool { self == .ed25519 || self == .ed448 }

    /// As libcrypto writes it, and so how a key from a PEM is told.
    var libcryptoName: StaticString {
        switch self {
        case .p256: "prime256v1"
        case .p384: "secp384r1"
        case .p521: "secp521r1"
        case .ed25519: "ED25519"
        case .ed448: "ED448"
        }
    }

    /// The one algorithm for keys on this curve.
    var algorithm: SignatureAlgorithm {
        switch self {
        case .p256: .es256
        case .p384: .es384
        case .p521: .es512
        case .ed25519, .ed448: .eddsa
        }
    }
}
