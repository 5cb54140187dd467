import Bytes
import CLibcrypto

/// A libcrypto MAC context under an HMAC key.
enum MessageCode {
    /// A context that is ready for bytes and, duplicated or begun again, for the next ones; nil where libcrypto has no
    /// such digest or no memory. The caller frees it.
    static func context(digest: StaticString, key: borrowing Span<UInt8>) -> OpaquePointer? {
        guard let algorithm = EVP_MAC_fetch(nil, "HMAC", nil) else { return nil }
        defer { EVP_MAC_free(algorithm) }
        guard let context = EVP_MAC_CTX_new(algorithm) else { return nil }
        let parameters = [
            OSSL_PARAM_construct_utf8_string(
                CName.pointer("digest"), UnsafeMutablePointer(mutating: CName.pointer(digest)), 0),
            OSSL_PARAM_construct_end(),
        ]
        // A nil key would mean "keep the old one": an empty key points somewhere.
        let started = key.withUnsafeBufferPointer { key in
            withUnsafePointer(to: 0 as UInt8) { nothing in
                EVP_MAC_init(context, key.baseAddress ?? nothing, key.count, parameters)
            }
        }
        guard started == 1 else {
            EVP_MAC_CTX_free(context)
            return nil
        }
        return context
    }
}
