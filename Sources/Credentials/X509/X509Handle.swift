import Bytes
import CLibcrypto

/// One certificate in libcrypto's hands: the face between its pointers and everything else in this folder.
///
/// Sound to share between threads: whatever libcrypto works out about a certificate late, it is asked for in `init`;
/// after that all read and nobody writes, but for a reference count that is atomic.
final class X509Handle: Sendable {
    nonisolated(unsafe) let pointer: OpaquePointer
    /// `EXFLAG_…` bits.
    let flags: UInt32

    /// Exactly one certificate in DER, in its one canonical form.
    ///
    /// Canonical because a thumbprint is one of the bytes: were a longer spelling of the same certificate taken, one
    /// certificate would have many thumbprints.
    init(der: borrowing Span<UInt8>) throws(CertificateFault) {
        guard der.count <= ClientCertificate.bytesMax else { throw .tooLarge }
        guard let certificate = der.withUnsafeBufferPointer(X509Handle.parse) else {
            // What libcrypto noted about it would pile up in its queue of errors.
            ERR_clear_error()
            throw .badDER
        }
        pointer = certificate
        flags = X509_get_extension_flags(certificate)
    }

    deinit { X509_free(pointer) }

    private static func parse(_ der: UnsafeBufferPointer<UInt8>) -> OpaquePointer? {
        guard let start = der.baseAddress else { return nil }
        var cursor: UnsafePointer<UInt8>? = start
        guard let certificate = d2i_X509(nil, &cursor, der.count) else { return nil }
        guard cursor == start + der.count, isCanonical(certificate, der) else {
            X509_free(certificate)
            return nil
        }
        return certificate
    }

    /// Whether libcrypto would write the certificate as it was read.
    private static func isCanonical(_ certificate: OpaquePointer, _ der: UnsafeBufferPointer<UInt8>) -> Bool {
        var written: UnsafeMutablePointer<UInt8>?
        let count = i2d_X509(certificate, &written)
        defer { CRYPTO_free(written, nil, 0) }
        guard let written, Int(count) == der.count else { return false }
        return UnsafeBufferPointer(start: written, count: der.count).elementsEqual(der)
    }

    /// SHA-256 of the DER: `x5t#S256` of RFC 8705, and `Hash` of Envoy's header.
    func thumbprint() throws(CertificateFault) -> Digest256 {
        var output = InlineArray<4, UInt64>(repeating: 0)
        var span = output.mutableSpan
        let written = span.withUnsafeMutableBytes { buffer in
            X509_digest(pointer, EVP_sha256(), buffer.baseAddress?.assumingMemoryBound(to: UInt8.self), nil)
        }
        guard written == 1 else { throw .badDER }
        return Digest256(output[0].bigEndian, output[1].bigEndian, output[2].bigEndian, output[3].bigEndian)
    }
}

extension X509Handle {
    /// Whether all of these `EXFLAG_…` bits are set.
    func has(_ flag: Int32) -> Bool { flags & UInt32(flag) != 0 }

    /// Seconds since 1970, or nil where the time is not one of RFC 5280 section 4.1.2.5.
    static func seconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int64? {
        guard let time, let epoch = ASN1_TIME_set(nil, 0) else { return nil }
        defer { ASN1_STRING_free(epoch) }
        var (days, seconds): (Int32, Int32) = (0, 0)
        guard ASN1_TIME_diff(&days, &seconds, epoch, time) == 1 else {
            ERR_clear_error()
            return nil
        }
        return Int64(days) * 86_400 + Int64(seconds)
    }
}
