import Bytes
import Credentials
import Foundation
import Testing

/// The headers as real proxies wrote them: `Vectors/Certificates/captured`.
@Suite struct CapturedHeaderTests {
    /// Within the day for which the captured certificates are valid.
    private static let then: Int64 = 1_795_260_000

    private static func text(_ file: String) -> String {
        String(decoding: CertificateFile.bytes("captured/\(file)"), as: UTF8.self).trimmingCharacters(in: .newlines)
    }

    private func expectGuest(_ presented: PresentedCertificate, _ authority: String) throws {
        #expect(presented.names.uris == ["spiffe://example.org/guests/eve"])
        #expect(presented.names.dns == ["a.example.org"])
        #expect(presented.names.subject == #"CN=guest,O=Example\, \"Inc.\""#)
        let verifier = try CertificateVerifier(caPEM: CertificateFile.bytes("captured/\(authority)"))
        let certificate = try #require(presented.certificate)
        #expect(verifier.verify(certificate, chain: presented.chain, at: Self.then) == nil)
        #expect(verifier.verify(certificate, chain: presented.chain, at: Self.then + 100_000) == .expired)
    }

    @Test func nginx() throws {
        let header = [UInt8](Self.text("nginx-1.22.header").utf8)
        try expectGuest(try ForwardedCertificate.escapedPEM(header.span), "nginx-1.22-ca.pem")
    }

    @Test func envoy() throws {
        let header = [UInt8](Self.text("envoy-1.40.header").utf8)
        let presented = try ForwardedCertificate.xfcc(header.span)
        try expectGuest(presented, "envoy-1.40-ca.pem")
        #expect(presented.chain.count == 1, "Envoy's Chain holds the leaf too")
    }

    /// What Envoy says of the certificate is what libcrypto reads in it.
    @Test func envoysWordIsTheCertificates() throws {
        let whole = Self.text("envoy-1.40.header")
        let start = try #require(whole.range(of: ";Cert=")?.lowerBound)
        let end = try #require(whole.range(of: ";Subject=")?.lowerBound)
        let header = [UInt8]((whole[..<start] + whole[end...]).utf8)
        let told = try ForwardedCertificate.xfcc(header.span)
        let bytes = [UInt8](whole.utf8)
        let read = try ForwardedCertificate.xfcc(bytes.span)
        #expect(told.certificate == nil)
        #expect(told.names == read.names)
        #expect(told.thumbprint == read.thumbprint)
    }
}
