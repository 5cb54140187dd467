import Bytes

/// Who a certificate stands for: one of its names.
///
/// No text is an identity of two kinds: only a SPIFFE ID has `://`, a DNS name has neither `@` nor `=`, an email no
/// `=`, and a subject begins with an attribute and its `=`. So subjects of different kinds cannot be confused, and a
/// pattern matches the kind it was written for.
public struct CertificateIdentity: Sendable, Equatable {
    /// The raw value is the word in the configuration.
    public enum Kind: String, CaseIterable, Sendable {
        case spiffe, dns, email, subject

        /// What a `*` in a pattern does not go beyond.
        var separator: UInt8 {
            switch self {
            case .spiffe: 0x2F
            case .dns: 0x2E
            case .email: 0x40
            case .subject: 0x2C
            }
        }
    }

    public let kind: Kind
    /// ASCII, at most `CertificateNames.bytesMax` bytes. Host names in lower case.
    public let text: String

    /// The first kind of `order` that the certificate has a name of. A name that is there and malformed is refused; no
    /// later kind rescues it.
    ///
    /// Of several DNS names or emails it is the first, in the authority's order; a wildcard stands for nobody.
    public static func find(
        _ order: [Kind], in names: CertificateNames
    ) throws(CertificateFault) -> CertificateIdentity {
        for kind in order {
            let text: String? =
                switch kind {
                case .spiffe: try spiffeID(names.uris)
                case .dns: try names.dns.first { !$0.hasPrefix("*") }.map(hostName)
                case .email: try names.emails.first.map(email)
                case .subject: try names.subject.isEmpty ? nil : subject(names.subject)
                }
            if let text { return CertificateIdentity(kind: kind, text: text) }
        }
        throw .identityAbsent
    }

    /// An X509-SVID has exactly one URI (X509-SVID section 2), and whatever claims to be a SPIFFE ID is one.
    private static func spiffeID(_ uris: [String]) throws(CertificateFault) -> String? {
        guard let claimed = uris.first(where: SPIFFEID.isClaimed) else { return nil }
        guard uris.count == 1 else { throw .severalURIs }
        guard SPIFFEID.isValid(claimed) else { throw .badSPIFFEID }
        return claimed
    }

    /// Letters, digits, hyphens and underscores between dots; at most 253 bytes (RFC 1035 section 2.3.4).
    private static func hostName(_ name: String) throws(CertificateFault) -> String {
        let labels = name.utf8.split(separator: 0x2E, omittingEmptySubsequences: false)
        let isName = labels.allSatisfy { label in
            (1...63).contains(label.count)
                && label.allSatisfy { ASCII.isLetter($0) || ASCII.isDigit($0) || $0 == 0x2D || $0 == 0x5F }
        }
        guard isName, name.utf8.count <= 253 else { throw .badName }
        return name.lowercased()
    }

    /// `atext` and dots (RFC 5322 section 3.2.3) without `=`, `/` and `*`, which would look like other kinds or like a
    /// pattern; then a host name. Quoted local parts are not taken.
    private static func email(_ address: String) throws(CertificateFault) -> String {
        let parts = address.split(separator: "@", omittingEmptySubsequences: false)
        let isLocal = parts[0].utf8.allSatisfy {
            ASCII.isLetter($0) || ASCII.isDigit($0) || "!#$%&'+-?^_`{|}~.".utf8.contains($0)
        }
        guard parts.count == 2, !parts[0].isEmpty, parts[0].utf8.count <= 64, isLocal else { throw .badName }
        return try "\(parts[0])@\(hostName(String(parts[1])))"
    }

    /// By a proxy's word it might be anything: it must begin as RFC 4514 section 3 says, or with Envoy's older `/C=`.
    private static func subject(_ subject: String) throws(CertificateFault) -> String {
        let type = subject.utf8.drop { $0 == 0x2F }.prefix { $0 != 0x3D }
        let isType =
            !type.isEmpty && type.count < subject.utf8.count
            && type.allSatisfy { ASCII.isLetter($0) || ASCII.isDigit($0) || $0 == 0x2E || $0 == 0x2D }
        guard isType, subject.utf8.count <= CertificateNames.bytesMax else { throw .badName }
        return subject
    }
}
