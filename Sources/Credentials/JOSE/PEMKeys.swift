import Bytes
import CLibcrypto

/// The public keys in a PEM text (RFC 7468): `PUBLIC KEY`, `RSA PUBLIC KEY`, and that of each `CERTIFICATE`, whose
/// own validity is not looked at.
enum PEMKeys {
    static func read(_ text: borrowing Span<UInt8>) throws(KeySetFault) -> [PublicKeyParts] {
        defer { ERR_clear_error() }
        var keys: [PublicKeyParts] = []
        var fault: KeySetFault?
        eachBlock(of: text) { name, bytes in
            do throws(KeySetFault) {
                guard let key = try key(name, bytes) else { return true }
                keys.append(try key.parts())
            } catch {
                fault = error
            }
            return fault == nil && keys.count <= KeySet.pemKeysMax
        }
        if let fault { throw fault }
        guard !keys.isEmpty else { throw .badPEM }
        guard keys.count <= KeySet.pemKeysMax else { throw .tooManyKeys }
        return keys
    }

    /// The key in one block, or nil for a block of something else.
    private static func key(
        _ name: String, _ bytes: UnsafeBufferPointer<UInt8>
    ) throws(KeySetFault) -> LibcryptoKey? {
        // A private key where a public one belongs is a secret in the wrong file, not a convenience.
        guard !name.hasSuffix("PRIVATE KEY") else { throw .privateKeyPublished }
        var start = bytes.baseAddress
        let key: OpaquePointer?
        switch name {
        case "PUBLIC KEY": key = d2i_PUBKEY(nil, &start, bytes.count)
        case "RSA PUBLIC KEY": key = d2i_PublicKey(EVP_PKEY_RSA, nil, &start, bytes.count)
        case "CERTIFICATE", "X509 CERTIFICATE":
            guard let certificate = d2i_X509(nil, &start, bytes.count) else { throw .badPEM }
            defer { X509_free(certificate) }
            key = X509_get_pubkey(certificate)
        default: return nil
        }
        guard let key else { throw .badPEM }
        return LibcryptoKey(owning: key)
    }

    /// Calls `body` with the name and the bytes of each block until it returns false.
    private static func eachBlock(
        of text: borrowing Span<UInt8>, _ body: (String, UnsafeBufferPointer<UInt8>) -> Bool
    ) {
        text.withUnsafeBufferPointer { text in
            guard let base = text.baseAddress, let reader = BIO_new_mem_buf(base, Int32(clamping: text.count)) else {
                return
            }
            defer { BIO_free(reader) }
            var goesOn = true
            while goesOn {
                var name: UnsafeMutablePointer<CChar>?
                var header: UnsafeMutablePointer<CChar>?
                var data: UnsafeMutablePointer<UInt8>?
                var count = 0
                guard PEM_read_bio(reader, &name, &header, &data, &count) == 1, let name else { return }
                goesOn = body(String(cString: name), UnsafeBufferPointer(start: data, count: count))
                CRYPTO_free(name, "", 0)
                CRYPTO_free(header, "", 0)
                CRYPTO_free(data, "", 0)
            }
        }
    }
}
