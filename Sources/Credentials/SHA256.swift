public import Bytes
import CLibcrypto

/// SHA-256 by libcrypto, with its context kept from digest to digest: one owner, one thread.
///
/// libcrypto rather than our own, so that the digest is the one the system patches and may certify.
public final class SHA256 {
    private let context: OpaquePointer
    private let algorithm: OpaquePointer

    /// - Precondition: libcrypto has SHA-256 and memory for a context; without them nothing can be checked at all.
    public init() {
        guard let context = EVP_MD_CTX_new(), let algorithm = EVP_MD_fetch(nil, "SHA256", nil) else {
            preconditionFailure("libcrypto offers no SHA-256")
        }
        self.context = context
        self.algorithm = algorithm
        let started = EVP_DigestInit_ex2(context, algorithm, nil)
        precondition(started == 1, "libcrypto refused to start a digest")
    }

    deinit {
        EVP_MD_CTX_free(context)
        EVP_MD_free(algorithm)
    }

    public func digest(_ bytes: borrowing Span<UInt8>) -> Digest256 {
        bytes.withUnsafeBufferPointer {
            begin(); update($0.baseAddress, $0.count); return finish()
        }
    }

    /// The digest of `kind`, a NUL, and `value`: kinds cannot run into values.
    public func digest(kind: StaticString, value: borrowing Span<UInt8>) -> Digest256 {
        begin()
        update(kind.utf8Start, kind.utf8CodeUnitCount + 1)
        value.withUnsafeBufferPointer { update($0.baseAddress, $0.count) }
        return finish()
    }

    /// Without naming the algorithm again, which spares newer libcrypto an allocation. 3.0 makes one per digest
    /// whatever we do: the only one an allowed check costs after warm-up, and it is not ours.
    private func begin() {
        let started = EVP_DigestInit_ex2(context, nil, nil)
        precondition(started == 1, "libcrypto refused to start a digest again")
    }

    private func update(_ bytes: UnsafePointer<UInt8>?, _ count: Int) {
        guard count > 0 else { return }
        let taken = EVP_DigestUpdate(context, bytes, count)
        precondition(taken == 1, "libcrypto refused bytes for a digest")
    }

    private func finish() -> Digest256 {
        var output = InlineArray<4, UInt64>(repeating: 0)
        var span = output.mutableSpan
        span.withUnsafeMutableBytes { buffer in
            let written = EVP_DigestFinal_ex(context, buffer.baseAddress?.assumingMemoryBound(to: UInt8.self), nil)
            precondition(written == 1, "libcrypto refused to end a digest")
        }
        return Digest256(
            output[0].bigEndian, output[1].bigEndian, output[2].bigEndian, output[3].bigEndian)
    }
}

extension SHA256 {
    /// The digest of `kind`, a NUL, and two words in the order they are given: an address without a copy.
    public func digest(kind: StaticString, words: InlineArray<2, UInt64>) -> Digest256 {
        words.span.withUnsafeBytes { raw in
            raw.withMemoryRebound(to: UInt8.self) { digest(kind: kind, value: $0.span) }
        }
    }
}
