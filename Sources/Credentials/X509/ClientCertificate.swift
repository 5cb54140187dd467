public import Bytes
import CLibcrypto

/// A client's certificate, read and not yet believed: `CertificateVerifier` says whether it leads to an authority.
///
/// Immutable, and good for several threads at once. Reading one costs some 50 µs and a dozen allocations, so a cache
/// stands before it.
public final class ClientCertificate: Sendable {
    /// The largest DER taken, in bytes. RSA-4096 with twenty names is under 3 KiB.
    public static let bytesMax = 16_384

    /// SHA-256 of the DER: `x5t#S256` of RFC 8705.
    public let thumbprint: Digest256
    public let names: CertificateNames
    /// Seconds since 1970, the first and the last at which it is good.
    public let notBefore: Int64
    public let notAfter: Int64
    let handle: X509Handle

    /// Bits of security below which a key is weak: RSA-2048, or a curve of 224 bits (NIST SP 800-57).
    static let securityBitsMin: Int32 = 112

    public init(der: borrowing Span<UInt8>) throws(CertificateFault) {
        handle = try X509Handle(der: der)
        if handle.has(EXFLAG_INVALID) { throw .badExtension }
        guard let first = X509Handle.seconds(X509_get0_notBefore(handle.pointer)),
            let last = X509Handle.seconds(X509_get0_notAfter(handle.pointer))
        else { throw .badDER }
        notBefore = first
        notAfter = last
        names = try CertificateNames(of: handle)
        thumbprint = try handle.thumbprint()
    }

    /// The one certificate of a PEM text, with nothing before, between or behind.
    public convenience init(pem: borrowing Span<UInt8>) throws(CertificateFault) {
        let certificates = try ClientCertificate.all(pem: pem, countMax: 1)
        guard let der = certificates.first else { throw .badPEM }
        try self.init(der: der.span)
    }

    /// The certificates of a PEM text that holds nothing else, each still in DER.
    static func all(pem: borrowing Span<UInt8>, countMax: Int) throws(CertificateFault) -> [[UInt8]] {
        guard let blocks = PEMBlock.readAll(pem, countMax: countMax, allowingText: false),
            blocks.allSatisfy({ $0.label == PEMBlock.certificate })
        else { throw .badPEM }
        return blocks.map(\.bytes)
    }

    /// What the certificate alone shows to be wrong with it, or nil: dates, usage, key.
    ///
    /// - Parameter now: seconds since 1970.
    public func fault(at now: Int64) -> CertificateFault? {
        // The same edges as libcrypto's: good at `notBefore`, no longer at `notAfter`.
        if now < notBefore { return .notYetValid }
        if now >= notAfter { return .expired }
        if isAuthority { return .authorityCertificate }
        // Without an extended key usage every use is meant (RFC 5280 section 4.2.1.12).
        if X509_check_purpose(handle.pointer, X509_PURPOSE_SSL_CLIENT, 0) != 1 { return .wrongUsage }
        guard let key = X509_get0_pubkey(handle.pointer) else {
            ERR_clear_error()
            return .badKey
        }
        return EVP_PKEY_get_security_bits(key) < ClientCertificate.securityBitsMin ? .weakKey : nil
    }

    /// It may sign other certificates. Whoever holds such a key could have made any identity, so it is none.
    private var isAuthority: Bool {
        if handle.has(EXFLAG_CA) { return true }
        return handle.has(EXFLAG_KUSAGE) && X509_get_key_usage(handle.pointer) & UInt32(KU_KEY_CERT_SIGN) != 0
    }
}
