import Bytes
import CLibcrypto

/// The names in a certificate, in its own order; or those that a proxy says are in it.
///
/// Alternative names hold visible ASCII and nothing else: a NUL would let one authority sign for `a.example` what
/// another reads as `a.example\0.evil.example`. They are not checked further here: `CertificateIdentity` judges the one
/// it takes.
public struct CertificateNames: Sendable, Equatable {
    /// RFC 4514, or empty. What is not ASCII, and each control byte, is escaped.
    public var subject = ""
    public var uris: [String] = []
    public var dns: [String] = []
    public var emails: [String] = []

    /// The most alternative names taken, of all kinds together.
    public static let countMax = 256
    /// The longest name taken, in bytes: what SPIFFE-ID section 2.3 asks for, and more than a host name can have.
    public static let bytesMax = 2_048

    public init(subject: String = "", uris: [String] = [], dns: [String] = [], emails: [String] = []) {
        self.subject = subject
        self.uris = uris
        self.dns = dns
        self.emails = emails
    }

    init(of handle: X509Handle) throws(CertificateFault) {
        subject = try CertificateNames.subject(of: handle.pointer)
        var critical: Int32 = 0
        guard let found = X509_get_ext_d2i(handle.pointer, NID_subject_alt_name, &critical, nil) else {
            ERR_clear_error()
            // -1: there is none. Else it is malformed, or there are two.
            if critical != -1 { throw .badExtension }
            return
        }
        let stack = OpaquePointer(found)
        defer { GENERAL_NAMES_free(stack) }
        let count = OPENSSL_sk_num(stack)
        guard count <= CertificateNames.countMax else { throw .tooManyNames }
        for index in 0..<max(count, 0) {
            guard let name = OPENSSL_sk_value(stack, index)?.assumingMemoryBound(to: GENERAL_NAME.self) else {
                continue
            }
            try note(name.pointee)
        }
    }

    /// Kinds that stand for nobody here (addresses, directory names) are passed over.
    private mutating func note(_ name: GENERAL_NAME) throws(CertificateFault) {
        switch name.type {
        case GEN_URI: uris.append(try CertificateNames.text(name.d.uniformResourceIdentifier))
        case GEN_DNS: dns.append(try CertificateNames.text(name.d.dNSName))
        case GEN_EMAIL: emails.append(try CertificateNames.text(name.d.rfc822Name))
        default: break
        }
    }

    private static func text(_ string: UnsafeMutablePointer<ASN1_IA5STRING>?) throws(CertificateFault) -> String {
        guard let string, let start = ASN1_STRING_get0_data(string) else { throw .badName }
        let bytes = UnsafeBufferPointer(start: start, count: Int(ASN1_STRING_length(string)))
        return try CertificateNames.checked(bytes.span)
    }

    /// A name of 1…`bytesMax` visible ASCII bytes.
    static func checked(_ bytes: borrowing Span<UInt8>) throws(CertificateFault) -> String {
        guard bytes.count > 0, bytes.count <= bytesMax else { throw .badName }
        for index in 0..<bytes.count where bytes[index] <= 0x20 || bytes[index] >= 0x7F { throw .badName }
        return bytes.text()
    }

    /// How libcrypto, nginx and Envoy write a subject: RFC 2253, which RFC 4514 replaced without changing a byte here,
    /// most specific first, attributes by their short names. (`XN_FLAG_RFC2253`, a macro that Swift cannot see.)
    private static let printing =
        UInt(ASN1_STRFLGS_ESC_2253 | ASN1_STRFLGS_ESC_CTRL | ASN1_STRFLGS_ESC_MSB | ASN1_STRFLGS_UTF8_CONVERT)
        | UInt(ASN1_STRFLGS_DUMP_UNKNOWN | ASN1_STRFLGS_DUMP_DER) | 1 << 16 | 1 << 20 | 1 << 24

    private static func subject(of certificate: OpaquePointer) throws(CertificateFault) -> String {
        guard let output = BIO_new(BIO_s_mem()) else { throw .badName }
        defer { BIO_free(output) }
        guard X509_NAME_print_ex(output, X509_get_subject_name(certificate), 0, printing) >= 0 else {
            ERR_clear_error()
            throw .badName
        }
        let count = BIO_ctrl_pending(output)
        guard count <= bytesMax else { throw .badName }
        var text = [UInt8](repeating: 0, count: count)
        let read = text.withUnsafeMutableBytes { BIO_read(output, $0.baseAddress, Int32($0.count)) }
        guard count == 0 || Int(read) == count else { throw .badName }
        return String(decoding: text, as: UTF8.self)
    }
}
