public import Bytes

/// What is known of the client's certificate, whichever way it came: over the check port's own TLS, or in a header of a
/// proxy that is trusted.
public struct PresentedCertificate: Sendable {
    /// nil where a proxy told only what is in it: then nothing can be verified here, and the proxy's word is all there
    /// is.
    public let certificate: ClientCertificate?
    /// What came with it, leaf left out. Believed in nothing.
    public let chain: [ClientCertificate]
    /// `x5t#S256`, for tokens bound to a certificate (RFC 8705).
    public let thumbprint: Digest256
    public let names: CertificateNames

    public init(_ certificate: ClientCertificate, chain: [ClientCertificate] = []) {
        self.certificate = certificate
        // Envoy's Chain, and what TLS libraries call the peer's chain, begin with the leaf.
        self.chain = chain.filter { $0.thumbprint != certificate.thumbprint }
        thumbprint = certificate.thumbprint
        names = certificate.names
    }

    /// By a proxy's word.
    init(thumbprint: Digest256, names: CertificateNames) {
        certificate = nil
        chain = []
        self.thumbprint = thumbprint
        self.names = names
    }
}
