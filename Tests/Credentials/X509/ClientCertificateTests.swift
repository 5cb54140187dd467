import Bytes
import Credentials
import Foundation
import Testing

@Suite struct ClientCertificateTests {
    @Test func readsWhatIsInIt() throws {
        let certificate = try CertificateFile.certificate("dns")
        #expect(certificate.names.subject == "CN=ignored")
        #expect(certificate.names.dns == ["*.example.org", "Agent-1.Example.ORG", "agent-2.example.org"])
        #expect(certificate.notBefore == 1_577_836_800)
        #expect(certificate.notAfter == 4_733_510_400)
        let spiffe = try CertificateFile.certificate("spiffe").names
        #expect(spiffe.uris == ["spiffe://example.org/agents/planner"])
        #expect(spiffe.dns == ["planner.example.org"])
        #expect(try CertificateFile.certificate("email").names.emails == ["Alice@Example.ORG"])
        #expect(try CertificateFile.certificate("no-names").names == CertificateNames())
    }

    @Test func pemAndDERAreOneCertificate() throws {
        let der = CertificateFile.der("good")
        let certificate = try ClientCertificate(der: der.span)
        let digest = SHA256().digest(der.span)
        #expect(certificate.thumbprint == digest)
        #expect(try CertificateFile.certificate("good").thumbprint == digest)
    }

    /// RFC 4514 section 2.4: most specific first, specials escaped, what is not ASCII in hexadecimal.
    @Test func writesSubjectsSoThatNoneCanPassForAnother() throws {
        #expect(try CertificateFile.certificate("good").names.subject == "CN=agent-1,OU=Agents,O=Example")
        #expect(
            try CertificateFile.certificate("odd-subject").names.subject
                == ##"CN=\#Zo\C3\AB\00\ ,O=Comma\, Quote\" Plus\+ Back\\"##)
        #expect(try CertificateFile.certificate("email-subject").names.subject == "emailAddress=a@example.org")
    }

    @Test(arguments: [
        ("nul-dns", CertificateFault.badName), ("nul-email", .badName), ("nul-uri", .badName),
        ("newline-uri", .badName), ("empty-dns", .badName), ("long-name", .badName),
        ("many-names", .tooManyNames), ("malformed-sans", .badExtension), ("root-crl", .badPEM),
        ("two-roots", .badPEM),
    ])
    func refusesToRead(_ file: String, _ expected: CertificateFault) {
        let pem = CertificateFile.pem(file)
        #expect(fault { () throws(CertificateFault) in _ = try ClientCertificate(pem: pem.span) } == expected)
    }

    @Test func namesOfOtherKindsArePassedOver() throws {
        #expect(try CertificateFile.certificate("address").names == CertificateNames(subject: "CN=address"))
    }

    @Test(arguments: [
        ("good", nil), ("rsa-2048", nil), ("ed25519", nil), ("any-usage", nil), ("expired", CertificateFault.expired),
        ("not-yet-valid", .notYetValid), ("server-only", .wrongUsage), ("authority-as-client", .authorityCertificate),
        ("signer-as-client", .authorityCertificate), ("root", .authorityCertificate), ("weak-rsa-1024", .weakKey),
        ("weak-curve", .weakKey),
    ])
    func saysWhatIsWrongByItself(_ file: String, _ expected: CertificateFault?) throws {
        #expect(try CertificateFile.certificate(file).fault(at: CertificateFile.now) == expected)
    }

    @Test func datesHaveEdges() throws {
        let certificate = try CertificateFile.certificate("good")
        #expect(certificate.fault(at: certificate.notBefore - 1) == .notYetValid)
        #expect(certificate.fault(at: certificate.notBefore) == nil)
        #expect(certificate.fault(at: certificate.notAfter - 1) == nil)
        #expect(certificate.fault(at: certificate.notAfter) == .expired)
        for time in [Int64.min, 0, Int64.max] { #expect(certificate.fault(at: time) != nil) }
    }

    @Test func everyFaultHasItsOwnSentence() {
        #expect(Set(CertificateFault.allCases.map(\.description)).count == CertificateFault.allCases.count)
    }
}
