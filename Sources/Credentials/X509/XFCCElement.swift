import Bytes

/// One element of Envoy's `x-forwarded-client-cert`: what one proxy says about the certificate of the peer before it.
///
///     By=spiffe://a/b;Hash=<64 hex digits>;Cert="<escaped PEM>";Subject="CN=x";URI=spiffe://a/c;DNS=x;DNS=y
///
/// Envoy escapes nothing but the PEMs: the subject is RFC 2253 text, whose own backslashes keep its quotes apart, and a
/// URI or DNS name stands as its authority signed it. So `,` and `;` in such a name would begin a new pair. That is
/// why an element must have `Hash` or `Cert`, why both must be of one certificate, and why `Cert` decides where it
/// stands.
struct XFCCElement {
    /// Each at most once; ranges lie in the header's value.
    private var hash: ByteRange?
    private var certificate: ByteRange?
    private var chain: ByteRange?
    private var subject: ByteRange?
    private var uris: [ByteRange] = []
    private var dns: [ByteRange] = []

    /// Takes one pair. An empty value is as good as none: Envoy writes `URI=` for a certificate without.
    mutating func note(
        _ key: borrowing Span<UInt8>, _ value: ByteRange
    ) throws(CertificateFault) {
        if key.equalsIgnoringCase("hash") {
            try XFCCElement.once(&hash, value)
        } else if key.equalsIgnoringCase("cert") {
            try XFCCElement.once(&certificate, value)
        } else if key.equalsIgnoringCase("chain") {
            try XFCCElement.once(&chain, value)
        } else if key.equalsIgnoringCase("subject") {
            try XFCCElement.once(&subject, value)
        } else if key.equalsIgnoringCase("uri") {
            if !value.isEmpty { uris.append(value) }
        } else if key.equalsIgnoringCase("dns") {
            if !value.isEmpty { dns.append(value) }
        } else if !key.equalsIgnoringCase("by") {
            throw .malformedHeader
        }
        if uris.count + dns.count > CertificateNames.countMax { throw .tooManyNames }
    }

    private static func once(_ field: inout ByteRange?, _ value: ByteRange) throws(CertificateFault) {
        if field != nil { throw .malformedHeader }
        field = value
    }

    /// The certificate that the element is about.
    func presented(_ value: borrowing Span<UInt8>) throws(CertificateFault) -> PresentedCertificate {
        let told = try digest(value)
        if let certificate, !certificate.isEmpty {
            let text = try pem(certificate, value)
            let leaf = try ClientCertificate(pem: text.span)
            if let told, told != leaf.thumbprint { throw .hashMismatch }
            return PresentedCertificate(leaf, chain: try certificates(value))
        }
        guard let told else { throw .hashMissing }
        return PresentedCertificate(thumbprint: told, names: try names(value))
    }

    private func digest(_ value: borrowing Span<UInt8>) throws(CertificateFault) -> Digest256? {
        guard let hash, !hash.isEmpty else { return nil }
        guard let digest = Digest256(hex: value.extracting(hash.bounds)) else { throw .malformedHeader }
        return digest
    }

    private func pem(_ range: ByteRange, _ value: borrowing Span<UInt8>) throws(CertificateFault) -> [UInt8] {
        try ForwardedCertificate.percentDecoded(value.extracting(range.bounds))
    }

    /// `Chain` is the leaf's and its intermediates'.
    private func certificates(_ value: borrowing Span<UInt8>) throws(CertificateFault) -> [ClientCertificate] {
        guard let chain, !chain.isEmpty else { return [] }
        let text = try pem(chain, value)
        let all = try ClientCertificate.all(pem: text.span, countMax: CertificateVerifier.intermediatesMax + 1)
        var certificates: [ClientCertificate] = []
        for der in all { certificates.append(try ClientCertificate(der: der.span)) }
        return certificates
    }

    /// The names by the proxy's word.
    private func names(_ value: borrowing Span<UInt8>) throws(CertificateFault) -> CertificateNames {
        var names = CertificateNames()
        if let subject {
            guard Int(subject.count) <= CertificateNames.bytesMax else { throw .badName }
            names.subject = value.extracting(subject.bounds).text()
        }
        for uri in uris { names.uris.append(try CertificateNames.checked(value.extracting(uri.bounds))) }
        for name in dns { names.dns.append(try CertificateNames.checked(value.extracting(name.bounds))) }
        return names
    }
}
