import Bytes
import Credentials
import Testing

/// nginx's header and RFC 9440's.
@Suite struct ForwardedCertificateTests {
    private func escapedPEM(_ value: String) -> Result<PresentedCertificate, CertificateFault> {
        let bytes = [UInt8](value.utf8)
        return Result { () throws(CertificateFault) in try ForwardedCertificate.escapedPEM(bytes.span) }
    }

    private func clientCert(_ value: String, _ chain: String = "") -> Result<PresentedCertificate, CertificateFault> {
        let (leaf, rest) = ([UInt8](value.utf8), [UInt8](chain.utf8))
        return Result { () throws(CertificateFault) in
            try ForwardedCertificate.clientCert(leaf.span, chain: rest.span)
        }
    }

    private func fault(_ result: Result<PresentedCertificate, CertificateFault>) -> CertificateFault? {
        guard case .failure(let fault) = result else { return nil }
        return fault
    }

    @Test func readsWhatNginxSends() throws {
        let presented = try escapedPEM(CertificateFile.escaped("good")).get()
        #expect(presented.thumbprint == (try CertificateFile.certificate("good").thumbprint))
        #expect(presented.certificate != nil)
        #expect(presented.chain.isEmpty)
    }

    @Test(arguments: [
        ("", CertificateFault.missing), ("%", .badPercentEncoding), ("%4", .badPercentEncoding),
        ("%4g", .badPercentEncoding), ("a b", .badPercentEncoding), ("a\tb", .badPercentEncoding),
        ("\u{e9}", .badPercentEncoding), ("a\0", .badPercentEncoding), ("abc", .badPEM), ("%00", .badPEM),
        ("(null)", .badPEM), ("-----BEGIN%20CERTIFICATE-----", .badPEM),
    ])
    func refusesEscapedPEM(_ value: String, _ expected: CertificateFault) {
        #expect(fault(escapedPEM(value)) == expected)
    }

    @Test func oneCertificateAndNoMore() {
        #expect(fault(escapedPEM(CertificateFile.escaped("good", "spiffe"))) == .badPEM)
        #expect(fault(escapedPEM("x" + CertificateFile.escaped("good"))) == .badPEM)
        #expect(fault(escapedPEM(CertificateFile.escaped("good") + "," + CertificateFile.escaped("good"))) == .badPEM)
        #expect(fault(escapedPEM(CertificateFile.escaped("root-crl"))) == .badPEM)
        #expect(fault(escapedPEM(CertificateFile.escaped("nul-dns"))) == .badName)
    }

    @Test func sizeIsBounded() {
        let large = String(repeating: "a", count: ForwardedCertificate.headerBytesMax + 1)
        #expect(fault(escapedPEM(large)) == .tooLarge)
        #expect(fault(clientCert(large)) == .tooLarge)
        #expect(fault(clientCert(":\(CertificateFile.base64("good")):", large)) == .tooLarge)
        #expect(fault(escapedPEM(String(large.dropLast()))) == .badPEM)
    }

    @Test func readsClientCert() throws {
        let leaf = ":\(CertificateFile.base64("chained")):"
        let alone = try clientCert(leaf).get()
        #expect(alone.thumbprint == (try CertificateFile.certificate("chained").thumbprint))
        #expect(alone.chain.isEmpty)
        let (link, root) = (CertificateFile.base64("intermediate"), CertificateFile.base64("root"))
        for list in [":\(link):,:\(root):", ":\(link): ,\t :\(root):"] {
            let presented = try clientCert(leaf, list).get()
            let expected = [try CertificateFile.certificate("intermediate"), try CertificateFile.certificate("root")]
            #expect(presented.chain.map(\.thumbprint) == expected.map(\.thumbprint))
        }
    }

    @Test(arguments: [
        ("", CertificateFault.missing), ("::", .missing), (":", .malformedHeader), ("MAA=", .malformedHeader),
        (":MAA=", .malformedHeader), ("MAA=:", .malformedHeader), (":MAA:", .badBase64), (":MA\nA:", .badBase64),
        (":M-_=:", .badBase64), (":MAB=:", .badBase64), (":MAA=:;a=1", .malformedHeader), (":MAA=:", .badDER),
        (":MAA=::MAA=:", .badBase64), ("\":MAA=:\"", .malformedHeader), (":MAA=:,:MAA=:", .badBase64),
    ])
    func refusesClientCert(_ value: String, _ expected: CertificateFault) {
        #expect(fault(clientCert(value)) == expected)
    }

    @Test func refusesBadChains() {
        let leaf = ":\(CertificateFile.base64("good")):"
        for list in [",", "\(leaf),", ",\(leaf)", "\(leaf),,\(leaf)", "\(leaf) \(leaf)", "a", " "] {
            let found = fault(clientCert(leaf, list))
            #expect(found == .malformedHeader || found == .badBase64, "\(list.prefix(9))")
        }
        let many = Array(repeating: leaf, count: CertificateVerifier.intermediatesMax + 1).joined(separator: ",")
        #expect(fault(clientCert(leaf, many)) == .chainTooLong)
    }
}
