/// The signature algorithms of RFC 7518 section 3.1 and RFC 8037. `none` is not one of them.
public enum SignatureAlgorithm: String, CaseIterable, Sendable {
    case hs256 = "HS256"
    case hs384 = "HS384"
    case hs512 = "HS512"
    case rs256 = "RS256"
    case rs384 = "RS384"
    case rs512 = "RS512"
    case ps256 = "PS256"
    case ps384 = "PS384"
    case ps512 = "PS512"
    case es256 = "ES256"
    case es384 = "ES384"
    case es512 = "ES512"
    case eddsa = "EdDSA"

    /// What kind of key an algorithm needs.
    public enum Family: Sendable { case hmac, rsa, ecdsa, eddsa }

    public var family: Family {
        switch self {
        case .hs256, .hs384, .hs512: .hmac
        case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512: .rsa
        case .es256, .es384, .es512: .ecdsa
        case .eddsa: .eddsa
        }
    }

    /// Verified with a public key, and so the only kind that a published key or a DPoP proof may have.
    public var isAsymmetric: Bool { family != .hmac }

    /// Every algorithm a published key can serve.
    public static let asymmetric = allCases.filter(\.isAsymmetric)

    /// libcrypto's name of the digest; EdDSA brings its own.
    var digestName: StaticString? {
        switch self {
        case .hs256, .rs256, .ps256, .es256: "SHA256"
        case .hs384, .rs384, .ps384, .es384: "SHA384"
        case .hs512, .rs512, .ps512, .es512: "SHA512"
        case .eddsa: nil
        }
    }

    /// The digest's bytes, and so the fewest an HMAC secret may have (RFC 7518 section 3.2).
    public var digestBytes: Int {
        switch self {
        case .hs256, .rs256, .ps256, .es256: 32
        case .hs384, .rs384, .ps384, .es384: 48
        case .hs512, .rs512, .ps512, .es512, .eddsa: 64
        }
    }

    /// Whether the RSA signature has PSS padding.
    var isPSS: Bool { self == .ps256 || self == .ps384 || self == .ps512 }

    /// The one curve an ECDSA algorithm is defined for (RFC 7518 section 3.4).
    var curve: Curve? {
        switch self {
        case .es256: .p256
        case .es384: .p384
        case .es512: .p521
        default: nil
        }
    }
}
