public import Bytes
import CLibcrypto

/// HMAC-SHA-256 (RFC 2104) by libcrypto under one key, prepared once: one owner, one thread.
///
/// For our own use of a key (the audit chain); tokens are verified by `VerificationKey`. It does not judge the key's
/// length: whoever reads the key from a configuration does.
public final class HMACSHA256 {
    private let context: OpaquePointer

    /// - Precondition: libcrypto has HMAC and memory; without them nothing can be checked at all.
    public init(key: borrowing Span<UInt8>) {
        guard let context = MessageCode.context(digest: "SHA256", key: key) else {
            preconditionFailure("libcrypto offers no HMAC-SHA-256")
        }
        self.context = context
    }

    deinit { EVP_MAC_CTX_free(context) }

    public func code(_ bytes: borrowing Span<UInt8>) -> Digest256 {
        begin()
        update(bytes)
        return finish()
    }

    /// The code of `first` and `second`, one after the other. Where either varies in length, the caller sees to it that
    /// two different pairs cannot run into the same bytes.
    public func code(_ first: borrowing Span<UInt8>, _ second: borrowing Span<UInt8>) -> Digest256 {
        begin()
        update(first)
        update(second)
        return finish()
    }

    /// No key named: the context keeps the one it was made with.
    private func begin() {
        let started = EVP_MAC_init(context, nil, 0, nil)
        precondition(started == 1, "libcrypto refused to start a code again")
    }

    private func update(_ bytes: borrowing Span<UInt8>) {
        guard bytes.count > 0 else { return }
        let taken = bytes.withUnsafeBufferPointer { EVP_MAC_update(context, $0.baseAddress, $0.count) }
        precondition(taken == 1, "libcrypto refused bytes for a code")
    }

    private func finish() -> Digest256 {
        var output = InlineArray<4, UInt64>(repeating: 0)
        var span = output.mutableSpan
        span.withUnsafeMutableBytes { buffer in
            var written = 0
            let ended = EVP_MAC_final(
                context, buffer.baseAddress?.assumingMemoryBound(to: UInt8.self), &written, buffer.count)
            precondition(ended == 1 && written == 32, "libcrypto refused to end a code")
        }
        return Digest256(output[0].bigEndian, output[1].bigEndian, output[2].bigEndian, output[3].bigEndian)
    }
}

/// A libcrypto MAC context under an HMAC key.
enum MessageCode {
    /// A context that is ready for bytes and, duplicated or begun again, for the next ones; nil where libcrypto has no
    /// such digest or no memory. The caller frees it.
    static func context(digest: StaticString, key: borrowing Span<UInt8>) -> OpaquePointer? {
        guard let algorithm = EVP_MAC_fetch(nil, "HMAC", nil) else { return nil }
        defer { EVP_MAC_free(algorithm) }
        guard let context = EVP_MAC_CTX_new(algorithm) else { return nil }
        let name = UnsafeMutableRawPointer(mutating: digest.utf8Start).assumingMemoryBound(to: CChar.self)
        let parameters = [
            OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0), OSSL_PARAM_construct_end(),
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
