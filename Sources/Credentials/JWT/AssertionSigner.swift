import Bytes
import CLibcrypto

/// Signs the short JWTs that tell an agent who spoke (`X-Auth-Assertion`), with a key of ours.
///
/// It signs what it is given: the claims and their lifetime are the caller's. May be used from several threads.
public final class AssertionSigner: Sendable {
    private enum Key: Sendable {
        case pair(LibcryptoKey, PublicKeyParts)
        case secret(SharedSecret)
    }

    public let algorithm: SignatureAlgorithm
    /// The RFC 7638 thumbprint of the public key. A secret has none: a thumbprint is enough to guess at it.
    public let keyID: String?
    /// The JWK Set an agent verifies with; empty for a secret.
    public let jwks: [UInt8]
    private let key: Key
    /// The encoded header and its dot: the same for every assertion.
    private let prefix: [UInt8]

    /// - Parameters:
    ///   - pem: an unencrypted private key: RSA, EC on a NIST curve, Ed25519 or Ed448.
    ///   - algorithm: nil for RS256, or for the only one of the key's curve.
    ///   - named: what the other side calls the key, where it is not its thumbprint.
    public init(
        pem: borrowing Span<UInt8>, algorithm: SignatureAlgorithm? = nil, named: String? = nil
    ) throws(KeySetFault) {
        let key = try LibcryptoKey(privatePEM: pem)
        let parts = try key.parts()
        let allowed = algorithm.map { [$0] } ?? SignatureAlgorithm.asymmetric
        let chosen = try parts.algorithm(declared: algorithm, allowed: allowed)
        let keyID = named ?? parts.thumbprint(SHA256()).base64URL
        self.algorithm = chosen
        self.keyID = keyID
        self.key = .pair(key, parts)
        prefix = AssertionSigner.header(chosen, keyID)
        var writer = ByteWriter()
        writer.write("{\"keys\":[{")
        parts.writeMembers(to: &writer)
        writer.write(text: ",\"alg\":\"\(chosen.rawValue)\",\"kid\":\"\(keyID)\",\"use\":\"sig\"}]}")
        jwks = [UInt8](writer.bytes)
    }

    /// - Parameter secret: at least as long as the algorithm's digest.
    public init(secret: borrowing Span<UInt8>, algorithm: SignatureAlgorithm = .hs256) throws(KeySetFault) {
        key = .secret(try SharedSecret(secret, algorithm))
        self.algorithm = algorithm
        keyID = nil
        prefix = AssertionSigner.header(algorithm, nil)
        jwks = [UInt8]("{\"keys\":[]}".utf8)
    }

    private static func header(_ algorithm: SignatureAlgorithm, _ keyID: String?) -> [UInt8] {
        let kid = keyID.map { ",\"kid\":\"\($0)\"" } ?? ""
        let header = [UInt8]("{\"alg\":\"\(algorithm.rawValue)\"\(kid),\"typ\":\"JWT\"}".utf8)
        return [UInt8](Base64URL.encode(header.span).utf8) + [0x2E]
    }

    /// The compact JWS of `claims`, a JSON object; nil where libcrypto has no memory or no randomness left.
    public func sign(claims: borrowing Span<UInt8>) -> [UInt8]? {
        var writer = ByteWriter(reserving: prefix.count + claims.count * 4 / 3 + 700)
        writer.write(prefix)
        writer.write(base64URL: claims)
        let signature =
            switch key {
            case .pair(let key, let parts): key.sign(writer.bytes.span, algorithm, parts)
            case .secret(let secret): secret.code(writer.bytes.span)
            }
        guard let signature else {
            ERR_clear_error()
            return nil
        }
        writer.write(0x2E)
        writer.write(base64URL: signature.span)
        return [UInt8](writer.bytes)
    }
}
