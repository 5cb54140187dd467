import Bytes
import Credentials
import Testing

/// Envoy's `x-forwarded-client-cert`.
@Suite struct XFCCTests {
    private static let hash = String(repeating: "ab", count: 32)

    private func read(_ value: String) -> Result<PresentedCertificate, CertificateFault> {
        let bytes = [UInt8](value.utf8)
        return Result { () throws(CertificateFault) in try ForwardedCertificate.xfcc(bytes.span) }
    }

    private func fault(_ value: String) -> CertificateFault? {
        guard case .failure(let fault) = read(value) else { return nil }
        return fault
    }

    @Test func readsAProxysWord() throws {
        let value =
            "By=spiffe://p/envoy;Hash=\(Self.hash);Subject=\"CN=a\\,b \\\"q\\\";=\";URI=spiffe://x/a;DNS=b;DNS=c"
        let presented = try read(value).get()
        #expect(presented.certificate == nil)
        #expect(presented.thumbprint == Digest256(hex: [UInt8](Self.hash.utf8).span))
        // The subject's own escapes stay: it is RFC 4514 text.
        #expect(presented.names.subject == "CN=a\\,b \\\"q\\\";=")
        #expect(presented.names.uris == ["spiffe://x/a"])
        #expect(presented.names.dns == ["b", "c"])
        // Keys in any case, and values that Envoy leaves empty.
        let empty = try read("by=;HASH=\(Self.hash.uppercased());subject=\"\";uri=;dns=").get()
        #expect(empty.names == CertificateNames())
        #expect(empty.thumbprint == presented.thumbprint)
    }

    @Test func readsTheCertificateWhereItIs() throws {
        let leaf = CertificateFile.escaped("spiffe")
        for hash in ["Hash=\(CertificateFile.hash("spiffe"));", ""] {
            let value = "By=x;\(hash)Cert=\"\(leaf)\";Subject=\"CN=other\";URI=spiffe://x/other"
            let presented = try read(value).get()
            #expect(
                presented.names.uris == ["spiffe://example.org/agents/planner"], "the certificate's, not the proxy's")
            #expect(presented.certificate?.names == presented.names)
        }
        #expect(fault("Hash=\(Self.hash);Cert=\"\(leaf)\"") == .hashMismatch)
    }

    @Test func readsTheChainWithoutItsLeaf() throws {
        let leaf = CertificateFile.escaped("chained")
        let chain = CertificateFile.escaped("chained", "intermediate")
        let presented = try read("By=x;Cert=\"\(leaf)\";Chain=\"\(chain)\"").get()
        #expect(presented.chain.map(\.names.subject) == ["CN=Postern Test Issuer,O=Postern"])
        let verifier = try CertificateVerifier(caPEM: CertificateFile.pem("root"))
        let certificate = try #require(presented.certificate)
        #expect(verifier.verify(certificate, chain: presented.chain, at: CertificateFile.now) == nil)
    }

    /// A client's own elements come first; the nearest proxy's is the last.
    @Test func theLastElementIsTheNearestHop() throws {
        let spoof = "By=x;Hash=\(Self.hash);URI=spiffe://x/admin"
        for comma in [",", ", ", ",\t "] {
            let presented = try read(spoof + comma + "By=p;Hash=\(Self.hash);URI=spiffe://x/agent").get()
            #expect(presented.names.uris == ["spiffe://x/agent"])
        }
    }

    /// What a client writes before the proxy's element must not change what that is.
    @Test(arguments: [
        "\"", "Subject=\"", "By=\"", "By=\\", "By=a\"", "x", "=", ";", ",", "By", "URI=\"a\\", "By=a;;Hash=",
    ])
    func aClientsPrefixRuinsTheWhole(_ prefix: String) {
        let honest = "By=p;Hash=\(Self.hash);Subject=\"CN=mallory\";URI=spiffe://x/mallory"
        #expect(fault("\(prefix),\(honest)") != nil)
        #expect(fault(honest) == nil)
    }

    @Test(arguments: [
        "By=x", "By=x;Hash=", "URI=spiffe://x/a", "Subject=\"CN=x\"", "By=x;Cert=\"\"",
    ])
    func anElementMustNameItsCertificate(_ value: String) {
        #expect(fault(value) == .hashMissing)
    }

    /// `comma-uri` has this name. By the proxy's word it adds an element, which has no hash; by the certificate it is
    /// one odd URI.
    @Test func aCommaInANameAddsNoIdentity() throws {
        let told = "By=p;Hash=\(CertificateFile.hash("comma-uri"));URI=urn:x,URI=spiffe://example.org/admin"
        #expect(fault(told) == .hashMissing)
        #expect(fault("\(told);Hash=\(Self.hash);By=p;Cert=\"\(CertificateFile.escaped("good"))\"") == .hashMismatch)
        let certificate = try CertificateFile.certificate("comma-uri")
        #expect(certificate.names.uris == ["urn:x,URI=spiffe://example.org/admin"])
    }

    @Test(arguments: [
        "Hash=\(hash)x", "Hash=\(hash.dropLast())", "Hash=zz\(hash.dropFirst(2))", "Hash=\(hash);Hash=\(hash)",
        "Hash=\(hash);Subject=\"a\";Subject=\"b\"", "Hash=\(hash);", "Hash=\(hash),", ",Hash=\(hash)", ";Hash=\(hash)",
        "Hash=\(hash);Foo=1", "Hash =\(hash)", " Hash=\(hash)", "Hash=\(hash) ", "Hash=\(hash);URI=a b",
        "Hash=\(hash);URI=\"a\"b", "Hash=\(hash);URI=\"a", "Hash=\(hash);URI=a\"b\"", "Hash=\(hash);Subject=\"a\\",
        "Hash=\(hash);Subject=\"a\\\"", "Hash=\(hash);Subject=\"\u{e9}\"", "Hash=\(hash);URI=a\0", "Hash", "=", "\"",
        "Hash=\(hash);Subject=\"a\\\0\"", "Hash=\(hash);\(String(repeating: "k", count: 300))=1",
    ])
    func refusesWhatIsNotTheGrammar(_ value: String) {
        #expect(fault(value) == .malformedHeader)
    }

    @Test func refusesBadCertificatesInside() {
        #expect(fault("Cert=\"%\"") == .badPercentEncoding)
        #expect(fault("Cert=\"abc\"") == .badPEM)
        #expect(fault("Cert=\"\(CertificateFile.escaped("good", "spiffe"))\"") == .badPEM)
        #expect(fault("Cert=\"\(CertificateFile.escaped("nul-uri"))\"") == .badName)
        #expect(fault("Cert=\"\(CertificateFile.escaped("good"))\";Chain=\"abc\"") == .badPEM)
        #expect(fault("Hash=\(Self.hash);URI=\"a b\"") == .badName)
    }

    @Test func isBounded() {
        #expect(fault("") == .missing)
        let large = "Hash=\(Self.hash);By=" + String(repeating: "a", count: ForwardedCertificate.headerBytesMax)
        #expect(fault(large) == .tooLarge)
        let element = "By=x;Hash=\(Self.hash)"
        #expect(fault(Array(repeating: element, count: 16).joined(separator: ",")) == nil)
        #expect(fault(Array(repeating: element, count: 17).joined(separator: ",")) == .malformedHeader)
        let names = String(repeating: ";DNS=a", count: CertificateNames.countMax)
        #expect(fault(element + names) == nil)
        #expect(fault(element + names + ";URI=a") == .tooManyNames)
    }

    /// Every cut of a good header ends in a fault or in another good header, and never in a trap.
    @Test func everyCutEndsSomewhere() {
        let value = "By=p;Hash=\(Self.hash);Subject=\"CN=a\\,b\";URI=spiffe://x/a,By=q;Hash=\(Self.hash);DNS=\"c\""
        for count in 0..<value.utf8.count { _ = read(String(value.prefix(count))) }
        #expect(fault(value) == nil)
    }
}
