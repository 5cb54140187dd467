import Bytes
import Credentials
import Testing

/// Whatever the bytes, reading ends in a fault or a certificate; and no changed certificate is believed.
@Suite struct CertificateBytesTests {
    private func reads(_ der: [UInt8]) -> ClientCertificate? { try? ClientCertificate(der: der.span) }

    @Test func everyCutIsRefused() {
        let der = CertificateFile.der("spiffe")
        for count in 0..<der.count { #expect(reads(Array(der[..<count])) == nil, "\(count) bytes") }
        #expect(reads(der + [0]) == nil)
        #expect(reads(der + der) == nil)
        #expect(reads(der) != nil)
    }

    @Test func everyChangedByteIsRefused() throws {
        let verifier = try CertificateVerifier(caPEM: CertificateFile.pem("root"))
        let der = CertificateFile.der("good")
        for index in der.indices {
            for mask: UInt8 in [0x01, 0x20, 0x80, 0xFF] {
                var changed = der
                changed[index] ^= mask
                guard let certificate = reads(changed) else { continue }
                #expect(verifier.verify(certificate, at: CertificateFile.now) != nil, "byte \(index) ^ \(mask)")
            }
        }
    }

    /// The same certificate with a longer spelling of its outermost length would have another thumbprint.
    @Test func onlyTheCanonicalSpellingIsTaken() {
        let der = CertificateFile.der("good")
        #expect(der[0] == 0x30 && der[1] == 0x82)
        let longer = [0x30, 0x83, 0x00] + der[2...]
        #expect(fault { () throws(CertificateFault) in _ = try ClientCertificate(der: longer.span) } == .badDER)
    }

    @Test func sizeIsBounded() {
        let large = [UInt8](repeating: 0x30, count: ClientCertificate.bytesMax + 1)
        #expect(fault { () throws(CertificateFault) in _ = try ClientCertificate(der: large.span) } == .tooLarge)
    }

    /// A text that does more than hold one certificate is not taken from a client.
    @Test(arguments: [
        "", "\n", "-----BEGIN CERTIFICATE-----", "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: DES-CBC,00\n\nAAAA\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END X509 CRL-----\n", "\0",
        "-----BEGIN CERTIFICATE-----\n####\n-----END CERTIFICATE-----\n",
    ])
    func malformedPEMIsRefused(_ text: String) {
        let bytes = [UInt8](text.utf8)
        let found = fault { () throws(CertificateFault) in _ = try ClientCertificate(pem: bytes.span) }
        #expect(found == .badPEM || found == .badDER)
    }

    @Test func textAroundACertificateIsRefused() throws {
        let pem = CertificateFile.pem("good")
        for text in [Array("x\n".utf8) + pem, pem + Array("x".utf8), pem + pem, [0] + pem] {
            #expect(fault { () throws(CertificateFault) in _ = try ClientCertificate(pem: text.span) } == .badPEM)
        }
        let spaced = Array("\r\n \t\n".utf8) + pem + Array("\n \r\n".utf8)
        #expect(try ClientCertificate(pem: spaced.span).thumbprint == CertificateFile.certificate("good").thumbprint)
    }
}
