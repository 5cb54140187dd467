import Bytes

@testable import Credentials

// Arrays and text where the sources take spans: a span of a value on its way cannot stand in an expectation.

extension KeySet {
    init(jwks: [UInt8], algorithms: [SignatureAlgorithm]) throws(KeySetFault) {
        try self.init(jwks: jwks.span, algorithms: algorithms)
    }

    init(pem: String, algorithms: [SignatureAlgorithm]) throws(KeySetFault) {
        let bytes = [UInt8](pem.utf8)
        try self.init(pem: bytes.span, algorithms: algorithms)
    }

    init(secret: [UInt8], algorithms: [SignatureAlgorithm]) throws(KeySetFault) {
        try self.init(secret: secret.span, algorithms: algorithms)
    }
}

extension AssertionSigner {
    convenience init(pem: String, algorithm: SignatureAlgorithm? = nil) throws(KeySetFault) {
        let bytes = [UInt8](pem.utf8)
        try self.init(pem: bytes.span, algorithm: algorithm)
    }

    convenience init(secret: [UInt8], algorithm: SignatureAlgorithm = .hs256) throws(KeySetFault) {
        try self.init(secret: secret.span, algorithm: algorithm)
    }
}

extension VerificationKey {
    convenience init(secret: [UInt8], algorithm: SignatureAlgorithm) throws(KeySetFault) {
        try self.init(secret: secret.span, algorithm: algorithm)
    }
}

extension LibcryptoKey {
    convenience init(privatePEM: String) throws(KeySetFault) {
        let bytes = [UInt8](privatePEM.utf8)
        try self.init(privatePEM: bytes.span)
    }
}

extension [UInt8] {
    var base64URL: String { Base64URL.encode(span) }
    var text: String { span.text() }
}
