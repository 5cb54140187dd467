import Bytes
import Credentials
import Foundation
import Testing

/// A compact JWS whose signature alone is checked.
struct SignatureVector: Decodable, Sendable, CustomTestStringConvertible {
    var name: String
    var token: String
    var keys: String
    var algorithm: String
    var kid: String?

    var testDescription: String { name }
}

struct ThumbprintVector: Decodable, Sendable, CustomTestStringConvertible {
    var name: String
    var jwk: JSONText
    var thumbprint: String

    var testDescription: String { name }
}

struct DigestVector: Decodable, Sendable, CustomTestStringConvertible {
    var name: String
    var text: String
    var sha256: String

    var testDescription: String { name }
}

struct CertificateVector: Decodable, Sendable, CustomTestStringConvertible {
    var name: String
    var pem: String
    var thumbprint: String

    private enum CodingKeys: String, CodingKey {
        case name, pem
        case thumbprint = "x5t#S256"
    }

    var testDescription: String { name }
}

@Suite struct SignatureVectorTests {
    @Test(arguments: VectorFile.conformance.flatMap { $0.signatures ?? [] })
    func verifies(_ vector: SignatureVector) throws {
        let key = try key(of: vector)
        let (message, signature) = try split(vector.token)
        #expect(verifies(key, signature, message))
    }

    /// Any bit of the signature, and any byte of the message.
    @Test(arguments: VectorFile.conformance.flatMap { $0.signatures ?? [] })
    func isAboutEveryBit(_ vector: SignatureVector) throws {
        let key = try key(of: vector)
        let (message, signature) = try split(vector.token)
        for bit in 0..<(signature.count * 8) {
            var changed = signature
            changed[bit / 8] ^= 1 << (bit % 8)
            #expect(!verifies(key, changed, message), "bit \(bit)")
        }
        for index in message.indices {
            var changed = message
            changed[index] ^= 1
            #expect(!verifies(key, signature, changed), "byte \(index)")
        }
    }

    @Test(arguments: VectorFile.conformance.flatMap { $0.thumbprints ?? [] })
    func thumbprint(_ vector: ThumbprintVector) throws {
        let set = [UInt8](#"{"keys":["#.utf8) + vector.jwk.bytes + [UInt8]("]}".utf8)
        let keys = try KeySet(jwks: set.span, algorithms: SignatureAlgorithm.asymmetric)
        #expect(keys.keys.map(\.fingerprint.base64URL) == [vector.thumbprint])
    }

    @Test(arguments: VectorFile.conformance.flatMap { $0.digests ?? [] })
    func digest(_ vector: DigestVector) {
        let digest = SHA256().digest([UInt8](vector.text.utf8).span)
        #expect(digest.base64URL == vector.sha256)
    }

    /// RFC 8705: the digest of the certificate's DER.
    @Test(arguments: VectorFile.conformance.flatMap { $0.certificates ?? [] })
    func certificate(_ vector: CertificateVector) throws {
        let text = vector.pem.split(separator: "\n").filter { !$0.hasPrefix("-----") }.joined()
        let decoded = Base64.decode([UInt8](text.utf8).span)
        let der = try #require(decoded)
        let digest = SHA256().digest(der.span)
        #expect(digest.base64URL == vector.thumbprint)
    }

    private func verifies(_ key: VerificationKey, _ signature: [UInt8], _ message: [UInt8]) -> Bool {
        key.verify(signature: signature.span, over: message.span)
    }

    private func key(of vector: SignatureVector) throws -> VerificationKey {
        let keysets = VectorFile.conformance.compactMap { $0.keysets?[vector.keys] }
        let algorithm = SignatureAlgorithm(named: vector.algorithm)
        let keys = try #require(keysets.first).compiled([algorithm])
        return try #require(keys.key(id: vector.kid, algorithm: algorithm))
    }

    private func split(_ token: String) throws -> (message: [UInt8], signature: [UInt8]) {
        let dot = try #require(token.lastIndex(of: "."))
        let signature = try #require(VectorKeys.decode(String(token[token.index(after: dot)...])))
        return ([UInt8](token[..<dot].utf8), signature)
    }
}
