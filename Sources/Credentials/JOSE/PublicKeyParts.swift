import Bytes

/// A public key as its numbers: what a JWK spells and what a PEM holds, before libcrypto makes a key of it. Every key
/// goes through here, so that one set of bounds holds for all sources.
enum PublicKeyParts: Equatable, Sendable {
    /// Big-endian, without leading zeros.
    case rsa(modulus: [UInt8], exponent: [UInt8])
    /// Each coordinate in the curve's full length.
    case ec(Curve, x: [UInt8], y: [UInt8])
    case edwards(Curve, x: [UInt8])

    /// RFC 7518 sections 3.3 and 3.5.
    static let rsaBitsMin = 2048
    /// Verifying grows with the square of the modulus; nobody signs tokens with more.
    static let rsaBitsMax = 8192
    static let rsaExponentBytesMax = 8

    /// Checks an RSA key's size and oddness; that a modulus is the product of two primes nobody can tell from it.
    func validate() throws(KeySetFault) {
        guard case .rsa(let modulus, let exponent) = self else { return }
        guard let high = modulus.first, high != 0, let top = exponent.first, top != 0 else { throw .badMember }
        let bits = modulus.count * 8 - high.leadingZeroBitCount
        guard bits >= PublicKeyParts.rsaBitsMin else { throw .weakRSAKey }
        guard bits <= PublicKeyParts.rsaBitsMax else { throw .oversizeRSAKey }
        let isOdd = modulus[modulus.count - 1] & exponent[exponent.count - 1] & 1 == 1
        guard isOdd, exponent != [1], exponent.count <= PublicKeyParts.rsaExponentBytesMax else { throw .badRSAKey }
    }

    /// Exactly the bytes that a signature by this key has.
    var signatureBytes: Int {
        switch self {
        case .rsa(let modulus, _): modulus.count
        case .ec(let curve, _, _), .edwards(let curve, _): curve.signatureBytes
        }
    }

    /// The algorithm this key serves: the one it declares, else the first that is allowed for its type. One key serves
    /// one algorithm (RFC 8725 section 3.1).
    func algorithm(
        declared: SignatureAlgorithm?, allowed: [SignatureAlgorithm]
    ) throws(KeySetFault) -> SignatureAlgorithm {
        let possible: [SignatureAlgorithm] =
            switch self {
            case .rsa: allowed.filter { $0.family == .rsa }
            case .ec(let curve, _, _), .edwards(let curve, _): allowed.filter { $0 == curve.algorithm }
            }
        if let declared {
            guard serves(declared) else { throw .keyAlgorithmMismatch }
            guard possible.contains(declared) else { throw .algorithmNotAllowed }
            return declared
        }
        guard let first = possible.first else { throw .algorithmNotAllowed }
        return first
    }

    private func serves(_ algorithm: SignatureAlgorithm) -> Bool {
        switch self {
        case .rsa: algorithm.family == .rsa
        case .ec(let curve, _, _), .edwards(let curve, _): algorithm == curve.algorithm
        }
    }

    /// The members RFC 7638 section 3.2 asks for, in its order and without braces: for a thumbprint and for a JWK.
    func writeMembers(to writer: inout ByteWriter) {
        switch self {
        case .rsa(let modulus, let exponent):
            writer.write("\"e\":\"")
            writer.write(base64URL: exponent.span)
            writer.write("\",\"kty\":\"RSA\",\"n\":\"")
            writer.write(base64URL: modulus.span)
        case .ec(let curve, let x, let y):
            writer.write("\"crv\":\"")
            writer.write(text: curve.rawValue)
            writer.write("\",\"kty\":\"EC\",\"x\":\"")
            writer.write(base64URL: x.span)
            writer.write("\",\"y\":\"")
            writer.write(base64URL: y.span)
        case .edwards(let curve, let x):
            writer.write("\"crv\":\"")
            writer.write(text: curve.rawValue)
            writer.write("\",\"kty\":\"OKP\",\"x\":\"")
            writer.write(base64URL: x.span)
        }
        writer.write(0x22)
    }

    /// The JWK thumbprint (RFC 7638; RFC 8037 section 2 for Edwards keys).
    func thumbprint(_ sha256: SHA256) -> Digest256 {
        var writer = ByteWriter(reserving: 768)
        writer.write(0x7B)
        writeMembers(to: &writer)
        writer.write(0x7D)
        return sha256.digest(writer.bytes.span)
    }
}
