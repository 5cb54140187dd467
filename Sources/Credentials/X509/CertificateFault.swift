public import Domain

/// Everything that can be wrong with a client certificate, or with the header a proxy sent it in. The raw value is the
/// word in logs, `explain` and the audit log; no fault carries anything a client sent.
public enum CertificateFault: String, CaseIterable, Error, Sendable {
    // Nothing was presented, or not all of it.
    case missing
    case certificateAbsent = "certificate_absent"
    // The header could not be read.
    case tooLarge = "too_large"
    case malformedHeader = "malformed_header"
    case badPercentEncoding = "bad_percent_encoding"
    case badBase64 = "bad_base64"
    case badPEM = "bad_pem"
    case hashMissing = "hash_missing"
    case hashMismatch = "hash_mismatch"
    // The certificate could not be read.
    case badDER = "bad_der"
    case badExtension = "bad_extension"
    case badKey = "bad_key"
    case badName = "bad_name"
    case tooManyNames = "too_many_names"
    // It reads well, and is not good here and now.
    case expired
    case notYetValid = "not_yet_valid"
    case wrongUsage = "wrong_usage"
    case authorityCertificate = "authority_certificate"
    case weakKey = "weak_key"
    case weakSignature = "weak_signature"
    case selfSigned = "self_signed"
    case untrustedIssuer = "untrusted_issuer"
    case badSignature = "bad_signature"
    case chainTooLong = "chain_too_long"
    case invalidChain = "invalid_chain"
    case nameConstraint = "name_constraint"
    case unknownCriticalExtension = "unknown_critical_extension"
    case revoked
    case revocationListMissing = "revocation_list_missing"
    case revocationListExpired = "revocation_list_expired"
    case revocationListInvalid = "revocation_list_invalid"
    // It is good, and names nobody.
    case identityAbsent = "identity_absent"
    case severalURIs = "several_uris"
    case badSPIFFEID = "bad_spiffe_id"

    /// What a check is refused with: the client is told whether it showed no certificate or a bad one, and no more.
    public var reason: DenyReason {
        switch self {
        case .missing, .certificateAbsent: .certificateMissing
        default: .certificateInvalid
        }
    }
}

extension CertificateFault: CustomStringConvertible {
    /// One sentence for an operator.
    public var description: String {
        switch self {
        case .missing: "no client certificate was presented"
        case .certificateAbsent: "the proxy named a client but sent no certificate, which ca_file asks to verify"
        case .tooLarge: "the certificate or its header is larger than is taken"
        case .malformedHeader: "the certificate header does not follow its grammar"
        case .badPercentEncoding: "the certificate header is not percent-encoded as it should be"
        case .badBase64: "the certificate header does not hold canonical base64"
        case .badPEM: "the certificate header does not hold PEM certificates and nothing else"
        case .hashMissing: "the last element of x-forwarded-client-cert has neither Hash nor Cert"
        case .hashMismatch: "Hash and Cert of x-forwarded-client-cert are not of one certificate"
        default: laterDescription
        }
    }

    private var laterDescription: String {
        switch self {
        case .badDER: "the certificate is not one DER certificate"
        case .badExtension: "an extension of the certificate is malformed or occurs twice"
        case .badKey: "the certificate's public key cannot be read"
        case .badName: "a name in the certificate is empty, too long or holds a byte that no such name has"
        case .tooManyNames: "the certificate has more alternative names than are taken"
        case .expired: "the certificate, or one that it rests on, has expired"
        case .notYetValid: "the certificate, or one that it rests on, is not valid yet"
        case .wrongUsage: "the certificate's usage does not include client authentication"
        case .authorityCertificate: "the certificate is an authority's, not a client's"
        case .weakKey: "a key in the chain is too short"
        case .weakSignature: "a signature in the chain uses a digest that is too weak"
        case .selfSigned: "the certificate is signed by itself and not among those trusted"
        case .untrustedIssuer: "no chain leads from the certificate to a trusted authority"
        case .badSignature: "a signature in the chain is wrong"
        case .chainTooLong: "the chain is longer than is taken, or than an authority allows"
        default: lastDescription
        }
    }

    private var lastDescription: String {
        switch self {
        case .nameConstraint: "an authority of the chain may not sign for a name in the certificate"
        case .unknownCriticalExtension: "the certificate has a critical extension that nobody here understands"
        case .revoked: "the certificate, or one that it rests on, has been revoked"
        case .revocationListMissing: "no revocation list covers an issuer in the chain"
        case .revocationListExpired: "the revocation list of an issuer in the chain is out of date"
        case .revocationListInvalid: "the revocation list of an issuer in the chain cannot be relied on"
        case .identityAbsent: "the certificate has no name of a configured kind"
        case .severalURIs: "the certificate has a SPIFFE ID beside other URIs"
        case .badSPIFFEID: "the certificate's SPIFFE ID is malformed"
        default: "the chain is not valid"
        }
    }
}
