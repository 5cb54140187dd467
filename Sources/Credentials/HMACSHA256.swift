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
