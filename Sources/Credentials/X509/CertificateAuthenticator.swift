public import Bytes
public import Domain

/// Mode `mtls`: from a presented certificate to who it is, or why not.
///
/// The proof that the client holds the key is TLS's, at the check port or at the proxy; this is about the certificate.
public struct CertificateAuthenticator: Sendable {
    private let identities: [CertificateIdentity.Kind]
    private let rules: [CertificateRoleRule]
    private let defaultRoles: [String]
    private let subjectPrefix: String

    /// - Parameters:
    ///   - identities: the kinds of name taken for a subject, the first that is there.
    ///   - rules: the first whose pattern matches gives roles and tenant.
    ///   - defaultRoles: those of an identity that no pattern matches.
    public init(
        identities: [CertificateIdentity.Kind], rules: [CertificateRoleRule] = [], defaultRoles: [String] = [],
        subjectPrefix: String? = nil
    ) {
        self.identities = identities
        self.rules = rules
        self.defaultRoles = defaultRoles
        self.subjectPrefix = subjectPrefix ?? ""
    }

    /// - Parameters:
    ///   - verifier: what the certificate must lead to. nil where somebody has verified it already: this process's TLS,
    ///     or the proxy, whose word is then taken for a certificate that it did not send. With a verifier the
    ///     certificate itself must be there.
    ///   - now: seconds since 1970.
    public func authenticate(
        _ presented: PresentedCertificate, verifier: CertificateVerifier?, at now: Int64
    ) -> Result<CertifiedPrincipal, CertificateFault> {
        var goodUntil = Int64.max
        if let certificate = presented.certificate {
            goodUntil = certificate.notAfter
            if let verifier {
                switch verifier.judge(certificate, chain: presented.chain, at: now) {
                case .success(let end): goodUntil = end
                case .failure(let fault): return .failure(fault)
                }
            } else if let fault = certificate.fault(at: now) {
                return .failure(fault)
            }
        } else if verifier != nil {
            return .failure(.certificateAbsent)
        }
        do {
            let identity = try CertificateIdentity.find(identities, in: presented.names)
            return .success(
                CertifiedPrincipal(
                    principal: principal(identity, presented), thumbprint: presented.thumbprint, goodUntil: goodUntil))
        } catch {
            return .failure(error)
        }
    }

    /// No issuer: the authorities of one file are one source of names, as they are to every verifier of chains.
    private func principal(_ identity: CertificateIdentity, _ presented: PresentedCertificate) -> Principal {
        let rule = rules.first { $0.pattern.matches(identity) }
        return Principal(
            method: .mtls, subject: subjectPrefix + identity.text, keyID: presented.thumbprint.base64URL,
            email: identity.kind == .email ? identity.text : nil, tenant: rule?.tenant,
            roles: rule?.roles ?? defaultRoles, expiresAt: presented.certificate?.notAfter)
    }
}

/// Who a certificate stands for, and for how long that may be remembered.
public struct CertifiedPrincipal: Sendable {
    public let principal: Principal
    /// `x5t#S256`, to hold tokens against (RFC 8705).
    public let thumbprint: Digest256
    /// Seconds since 1970 from which on it must be asked again; `Int64.max` where only the proxy knows an end.
    public let goodUntil: Int64
}
