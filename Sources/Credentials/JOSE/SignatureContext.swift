import Bytes
import CLibcrypto

/// What a public key needs to verify one algorithm, prepared once: libcrypto's look-ups by name cost microseconds.
///
/// The prepared contexts are templates. They are only ever duplicated, which reads them and counts references
/// atomically, so several threads may verify with one of these at once.
final class SignatureContext: @unchecked Sendable {
    private enum Mechanism {
        /// The digest first, then the signature over it.
        case digest(template: OpaquePointer, digest: OpaquePointer, isECDSA: Bool)
        /// EdDSA reads the whole message twice and has no digest of ours.
        case message(LibcryptoKey)
    }

    private let mechanism: Mechanism
    /// Exactly the bytes a signature must have.
    private let signatureBytes: Int

    init(_ key: LibcryptoKey, _ algorithm: SignatureAlgorithm, signatureBytes: Int) throws(KeySetFault) {
        self.signatureBytes = signatureBytes
        guard let name = algorithm.digestName else {
            mechanism = .message(key)
            return
        }
        guard let digest = EVP_MD_fetch(nil, CName.pointer(name), nil) else { throw .algorithmNotAllowed }
        guard let template = SignatureContext.template(key, algorithm, digest) else {
            EVP_MD_free(digest)
            ERR_clear_error()
            throw .keyAlgorithmMismatch
        }
        mechanism = .digest(template: template, digest: digest, isECDSA: algorithm.family == .ecdsa)
    }

    deinit {
        switch mechanism {
        case .digest(let template, let digest, _):
            EVP_PKEY_CTX_free(template)
            EVP_MD_free(digest)
        case .message: break
        }
    }

    private static func template(
        _ key: LibcryptoKey, _ algorithm: SignatureAlgorithm, _ digest: OpaquePointer
    ) -> OpaquePointer? {
        guard let context = EVP_PKEY_CTX_new_from_pkey(nil, key.pointer, nil) else { return nil }
        var isReady = EVP_PKEY_verify_init(context) == 1
        if isReady, algorithm.family == .rsa {
            let padding = algorithm.isPSS ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING
            isReady = EVP_PKEY_CTX_set_rsa_padding(context, padding) == 1
        }
        isReady = isReady && EVP_PKEY_CTX_set_signature_md(context, digest) == 1
        if isReady, algorithm.isPSS {
            // RFC 7518 section 3.5: MGF1 with the same digest, and salt of the digest's length exactly.
            isReady =
                EVP_PKEY_CTX_set_rsa_mgf1_md(context, digest) == 1
                && EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1
        }
        if !isReady { EVP_PKEY_CTX_free(context) }
        return isReady ? context : nil
    }

    func verify(signature: borrowing Span<UInt8>, over message: borrowing Span<UInt8>) -> Bool {
        guard signature.count == signatureBytes else { return false }
        return signature.withUnsafeBufferPointer { signature in
            message.withUnsafeBufferPointer { message in
                let isGood = check(signature, message)
                // What libcrypto noted about a failure is for nobody, and must not be found by whoever asks next.
                if !isGood { ERR_clear_error() }
                return isGood
            }
        }
    }

    private func check(_ signature: UnsafeBufferPointer<UInt8>, _ message: UnsafeBufferPointer<UInt8>) -> Bool {
        switch mechanism {
        case .digest(let template, let digest, let isECDSA):
            SignatureContext.verifyDigest(template, digest, signature, message, isECDSA: isECDSA)
        case .message(let key): SignatureContext.verifyMessage(key, signature, message)
        }
    }

    private static func verifyDigest(
        _ template: OpaquePointer, _ digest: OpaquePointer, _ signature: UnsafeBufferPointer<UInt8>,
        _ message: UnsafeBufferPointer<UInt8>, isECDSA: Bool
    ) -> Bool {
        var hash = InlineArray<64, UInt8>(repeating: 0)
        var hashCount: UInt32 = 0
        var hashSpan = hash.mutableSpan
        let isDigested = hashSpan.withUnsafeMutableBufferPointer {
            EVP_Digest(message.baseAddress, message.count, $0.baseAddress, &hashCount, digest, nil) == 1
        }
        guard isDigested, let context = EVP_PKEY_CTX_dup(template) else { return false }
        defer { EVP_PKEY_CTX_free(context) }
        return hash.span.withUnsafeBufferPointer { hash in
            guard isECDSA else {
                return EVP_PKEY_verify(
                    context, signature.baseAddress, signature.count, hash.baseAddress, Int(hashCount)) == 1
            }
            var der = InlineArray<144, UInt8>(repeating: 0)
            let count = ECDSASignature.writeDER(signature, to: &der)
            return der.span.withUnsafeBufferPointer {
                EVP_PKEY_verify(context, $0.baseAddress, count, hash.baseAddress, Int(hashCount)) == 1
            }
        }
    }

    private static func verifyMessage(
        _ key: LibcryptoKey, _ signature: UnsafeBufferPointer<UInt8>, _ message: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        guard let context = EVP_MD_CTX_new() else { return false }
        defer { EVP_MD_CTX_free(context) }
        return EVP_DigestVerifyInit(context, nil, nil, nil, key.pointer) == 1
            && EVP_DigestVerify(
                context, signature.baseAddress, signature.count, message.baseAddress, message.count) == 1
    }
}
