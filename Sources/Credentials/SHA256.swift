public import Bytes
import CLibcrypto

/// SHA-256 by libcrypto: one owner, one thread.
///
/// libcrypto rather than our own, so that the digest is the one the system patches and may certify. Where the process
/// is to use FIPS, digests come from the provider that is certified, through EVP, with its context kept from digest to
/// digest; elsewhere from the same library's own functions, because EVP of libcrypto 3.0 allocates at each digest.
public final class SHA256 {
    /// Both nil unless FIPS is on.
    private let context: OpaquePointer?
    private let algorithm: OpaquePointer?

    /// - Precondition: libcrypto has SHA-256 and memory for a context; without them nothing can be checked at all.
    public convenience init() {
        self.init(throughProvider: EVP_default_properties_is_fips_enabled(nil) == 1)
    }

    init(throughProvider: Bool) {
        guard throughProvider else {
            (context, algorithm) = (nil, nil)
            return
        }
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
            digest(UnsafeRawBufferPointer(start: nil, count: 0), UnsafeRawBufferPointer($0))
        }
    }

    /// The digest of `kind`, a NUL, and `value`: kinds cannot run into values.
    public func digest(kind: StaticString, value: borrowing Span<UInt8>) -> Digest256 {
        let first = UnsafeRawBufferPointer(start: kind.utf8Start, count: kind.utf8CodeUnitCount + 1)
        return value.withUnsafeBufferPointer { digest(first, UnsafeRawBufferPointer($0)) }
    }

    private func digest(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) -> Digest256 {
        var output = InlineArray<4, UInt64>(repeating: 0)
        var span = output.mutableSpan
        span.withUnsafeMutableBytes { buffer in
            let place = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
            if let context {
                SHA256.throughProvider(context, first, second, place)
            } else {
                postern_sha256(first.baseAddress, first.count, second.baseAddress, second.count, place)
            }
        }
        return Digest256(
            output[0].bigEndian, output[1].bigEndian, output[2].bigEndian, output[3].bigEndian)
    }

    /// Without naming the algorithm again, which spares newer libcrypto an allocation.
    private static func throughProvider(
        _ context: OpaquePointer, _ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer,
        _ place: UnsafeMutablePointer<UInt8>?
    ) {
        let succeeded =
            EVP_DigestInit_ex2(context, nil, nil) == 1
            && (first.isEmpty || EVP_DigestUpdate(context, first.baseAddress, first.count) == 1)
            && (second.isEmpty || EVP_DigestUpdate(context, second.baseAddress, second.count) == 1)
            && EVP_DigestFinal_ex(context, place, nil) == 1
        precondition(succeeded, "libcrypto refused a digest")
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
