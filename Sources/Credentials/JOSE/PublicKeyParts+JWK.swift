import Bytes

extension PublicKeyParts {
    /// The members only private and secret keys have (RFC 7518 sections 6.2.2, 6.3.2 and 6.4.1, RFC 8037 section 2).
    private static let privateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"]

    /// The public key a JWK spells (RFC 7517, RFC 7518 section 6, RFC 8037 section 2).
    ///
    /// A point is not yet known to lie on its curve: libcrypto says so when it makes the key.
    init(jwk: JSONObject) throws(KeySetFault) {
        for member in PublicKeyParts.privateMembers where jwk[member] != nil { throw .privateKeyPublished }
        guard let type = jwk["kty"] else { throw .badMember }
        switch type {
        case .string("RSA"):
            self = .rsa(
                modulus: try PublicKeyParts.bytes("n", of: jwk), exponent: try PublicKeyParts.bytes("e", of: jwk))
        case .string("EC"):
            let curve = try PublicKeyParts.curve(of: jwk, edwards: false)
            self = .ec(
                curve, x: try PublicKeyParts.coordinate("x", curve, of: jwk),
                y: try PublicKeyParts.coordinate("y", curve, of: jwk))
        case .string("OKP"):
            let curve = try PublicKeyParts.curve(of: jwk, edwards: true)
            self = .edwards(curve, x: try PublicKeyParts.coordinate("x", curve, of: jwk))
        case .string: throw .unsupportedKeyType
        default: throw .badMember
        }
        try validate()
    }

    private static func bytes(_ name: String, of jwk: JSONObject) throws(KeySetFault) -> [UInt8] {
        guard let text = jwk[name]?.text, let bytes = Base64URL.decode([UInt8](text.utf8).span) else {
            throw .badMember
        }
        return bytes
    }

    /// RFC 7518 section 6.2.1.2: the full length of the curve's field, leading zeros and all.
    private static func coordinate(
        _ name: String, _ curve: Curve, of jwk: JSONObject
    ) throws(KeySetFault) -> [UInt8] {
        let bytes = try bytes(name, of: jwk)
        guard bytes.count == curve.coordinateBytes else { throw .badMember }
        return bytes
    }

    private static func curve(of jwk: JSONObject, edwards: Bool) throws(KeySetFault) -> Curve {
        guard let name = jwk["crv"]?.text else { throw .badMember }
        guard let curve = Curve(rawValue: name), curve.isEdwards == edwards else { throw .unsupportedCurve }
        return curve
    }
}

/// What a JWK says about its own use (RFC 7517 sections 4.2 to 4.5).
struct JWKUse {
    var keyID: String?
    var algorithm: SignatureAlgorithm?

    init(jwk: JSONObject) throws(KeySetFault) {
        if let use = jwk["use"], use != .string("sig") { throw .notForSignatures }
        if let operations = jwk["key_ops"] {
            guard let operations = operations.elements else { throw .badMember }
            guard operations.contains(.string("verify")) else { throw .notForSignatures }
        }
        if let keyID = jwk["kid"] {
            guard let text = keyID.text else { throw .badMember }
            self.keyID = text
        }
        if let algorithm = jwk["alg"] {
            guard let name = algorithm.text else { throw .badMember }
            // An algorithm we do not know is one for encryption, or for signatures we cannot verify.
            guard let known = SignatureAlgorithm(rawValue: name) else { throw .notForSignatures }
            self.algorithm = known
        }
    }
}
