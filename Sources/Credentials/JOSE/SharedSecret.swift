import Bytes
import CLibcrypto

/// A secret two sides share, for one HMAC algorithm (RFC 7518 section 3.2). Its prepared context is a template that is
/// only ever duplicated, so several threads may use it at once.
final class SharedSecret: @unchecked Sendable {
    private let template: OpaquePointer

    /// - Throws: `secretTooShort` for a secret shorter than the digest.
    init(_ secret: borrowing Span<UInt8>, _ algorithm: SignatureAlgorithm) throws(KeySetFault) {
        guard algorithm.family == .hmac, let name = algorithm.digestName else { throw .keyAlgorithmMismatch }
        guard secret.count >= algorithm.digestBytes else { throw .secretTooShort }
        guard let template = MessageCode.context(digest: name, key: secret) else { throw .algorithmNotAllowed }
        self.template = template
    }

    deinit { EVP_MAC_CTX_free(template) }

    /// The code of `message`, or nil where libcrypto has no memory left.
    func code(_ message: borrowing Span<UInt8>) -> [UInt8]? {
        guard let context = EVP_MAC_CTX_dup(template) else { return nil }
        defer { EVP_MAC_CTX_free(context) }
        var code = [UInt8](repeating: 0, count: 64)
        var count = 0
        let isMade = message.withUnsafeBufferPointer {
            EVP_MAC_update(context, $0.baseAddress, $0.count) == 1
                && EVP_MAC_final(context, &code, &count, code.count) == 1
        }
        guard isMade, count <= code.count else { return nil }
        code.removeLast(code.count - count)
        return code
    }

    /// In a time that does not depend on where a wrong code differs.
    func verify(signature: borrowing Span<UInt8>, over message: borrowing Span<UInt8>) -> Bool {
        guard let code = code(message), code.count == signature.count else { return false }
        return signature.withUnsafeBufferPointer { CRYPTO_memcmp(code, $0.baseAddress, code.count) == 0 }
    }
}
