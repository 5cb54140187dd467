import Bytes
import CLibcrypto

extension LibcryptoKey {
    /// The first private key of a PEM text; an encrypted one is refused, for there is nobody to ask.
    convenience init(privatePEM text: borrowing Span<UInt8>) throws(KeySetFault) {
        defer { ERR_clear_error() }
        let key = text.withUnsafeBufferPointer { text -> OpaquePointer? in
            guard let base = text.baseAddress, let reader = BIO_new_mem_buf(base, Int32(clamping: text.count)) else {
                return nil
            }
            defer { BIO_free(reader) }
            // A callback of ours, because libcrypto's own would ask the terminal for a password.
            return PEM_read_bio_PrivateKey(reader, nil, { _, _, _, _ in -1 }, nil)
        }
        guard let key else { throw .badPEM }
        self.init(owning: key)
    }

    /// The signature of `message` in the form a JWS has it.
    func sign(
        _ message: borrowing Span<UInt8>, _ algorithm: SignatureAlgorithm, _ parts: PublicKeyParts
    ) -> [UInt8]? {
        guard let context = EVP_MD_CTX_new() else { return nil }
        defer { EVP_MD_CTX_free(context) }
        var inner: OpaquePointer?
        let digest = algorithm.digestName.map(CName.pointer)
        guard EVP_DigestSignInit_ex(context, &inner, digest, nil, nil, pointer, nil) == 1,
            !algorithm.isPSS || LibcryptoKey.choosePSS(inner)
        else { return nil }
        // DER is a little longer than r and s.
        var signature = [UInt8](repeating: 0, count: parts.signatureBytes + 16)
        var count = signature.count
        let isSigned = message.withUnsafeBufferPointer {
            EVP_DigestSign(context, &signature, &count, $0.baseAddress, $0.count) == 1
        }
        guard isSigned else { return nil }
        signature.removeLast(signature.count - count)
        guard case .ec(let curve, _, _) = parts else { return signature }
        return ECDSASignature.raw(der: signature, coordinateBytes: curve.coordinateBytes)
    }

    /// RFC 7518 section 3.5: salt of the digest's length.
    private static func choosePSS(_ context: OpaquePointer?) -> Bool {
        EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1
            && EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1
    }
}
