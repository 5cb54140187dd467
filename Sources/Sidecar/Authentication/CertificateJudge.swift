import Bytes
import Configuration
import Credentials
import Domain
import HTTPWire

/// Where a request's client certificate is, and who it stands for.
struct CertificateJudge: Sendable {
    private let sources: Set<CertificateSettings.Source>
    private let authenticator: CertificateAuthenticator?
    private let trust: CertificateVerifier?

    /// Without a section `auth.mtls` only the check port's own TLS is looked at, for tokens bound to a certificate.
    init?(_ snapshot: Snapshot) {
        let mtls = snapshot.settings.auth.mtls
        sources = Set(mtls?.sources ?? [.tls])
        authenticator = snapshot.credentials.certificates
        trust = snapshot.credentials.trust
    }

    /// The certificate a request came with, verified here where it did not come over our own TLS; nil where there is
    /// none.
    ///
    /// - Parameters:
    ///   - field: what `forwarded` found.
    ///   - peer: the certificate of our own TLS, which its handshake has verified.
    func certificate(
        _ field: ForwardedField?, _ bytes: borrowing Span<UInt8>, peer: Result<PresentedCertificate, CertificateFault>?
    ) throws(CertificateFault) -> Shown? {
        if let peer, sources.contains(.tls) { return Shown(certificate: try peer.get(), verifier: nil) }
        guard let field else { return nil }
        // Two headers are two clients' words: nobody can say whose is the proxy's.
        guard !field.isRepeated else { throw .malformedHeader }
        let value = bytes.extracting(field.value.bounds)
        switch field.token {
        case .xForwardedClientCert:
            return Shown(certificate: try ForwardedCertificate.xfcc(value), verifier: trust)
        case .sslClientCert:
            return Shown(certificate: try ForwardedCertificate.escapedPEM(value), verifier: trust)
        default:
            let chain = bytes.extracting(field.chain.bounds)
            return Shown(certificate: try ForwardedCertificate.clientCert(value, chain: chain), verifier: trust)
        }
    }

    /// What the verdict on the certificate that `certificate` finds is remembered by: all that it depends on, and
    /// nothing that is not looked at, such as a proxy's own certificate where only its word on others counts. Nil where
    /// there is no certificate.
    func digest(
        _ field: ForwardedField?, _ bytes: borrowing Span<UInt8>,
        peer: Result<PresentedCertificate, CertificateFault>?, _ sha256: SHA256
    ) throws(CertificateFault) -> Digest256? {
        if let peer, sources.contains(.tls) { return try peer.get().thumbprint }
        guard let field else { return nil }
        guard !field.isRepeated else { throw .malformedHeader }
        guard field.value.count > 0 else { return nil }
        let value = bytes.extracting(field.value.bounds)
        switch field.token {
        case .xForwardedClientCert: return sha256.digest(kind: "xfcc", value: value)
        case .sslClientCert: return sha256.digest(kind: "ssl-client-cert", value: value)
        default:
            var both = ByteWriter(reserving: value.count + Int(field.chain.count) + 1)
            both.write(value)
            both.write(0)
            both.write(bytes.extracting(field.chain.bounds))
            return both.withSpan { sha256.digest(kind: "client-cert", value: $0) }
        }
    }

    /// Who a certificate stands for.
    func authenticate(_ shown: Shown, at now: Int64) -> Result<CertifiedPrincipal, CertificateFault> {
        guard let authenticator else { return .failure(.missing) }
        return authenticator.authenticate(shown.certificate, verifier: shown.verifier, at: now)
    }

    /// The thumbprint to hold a bound token against.
    func thumbprint(_ shown: Shown, at now: Int64) -> Result<Digest256, CertificateFault> {
        guard let verifier = shown.verifier else { return .success(shown.certificate.thumbprint) }
        guard let certificate = shown.certificate.certificate else { return .failure(.certificateAbsent) }
        return verifier.judge(certificate, chain: shown.certificate.chain, at: now).map { _ in certificate.thumbprint }
    }

    struct Shown {
        var certificate: PresentedCertificate
        /// Nil where whoever ended TLS has verified it and is believed.
        var verifier: CertificateVerifier?
    }
}

/// A header with a forwarded certificate, as ranges into the request.
struct ForwardedField: Sendable {
    var token: HeaderToken
    var value: ByteRange
    /// Of RFC 9440's second header; empty where it is absent.
    var chain: ByteRange
    var isRepeated: Bool

    init?(_ token: HeaderToken, _ head: borrowing RequestHead) {
        guard let value = head.value(of: token) else { return nil }
        self.token = token
        self.value = value
        let hasChain = token == .clientCert
        chain = hasChain ? head.value(of: .clientCertChain) ?? .empty : .empty
        isRepeated = head.isRepeated(token) || hasChain && head.isRepeated(.clientCertChain)
    }
}
