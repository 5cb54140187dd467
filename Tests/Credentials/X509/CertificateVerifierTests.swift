import Bytes
import Credentials
import Testing

@Suite struct CertificateVerifierTests {
    private let now = CertificateFile.now

    private func verify(
        _ leaf: String, chain: [String] = [], cas: [UInt8] = CertificateFile.pem("root"), crls: [UInt8]? = nil
    ) throws -> CertificateFault? {
        let verifier = try CertificateVerifier(caPEM: cas, crlPEM: crls)
        return verifier.verify(
            try CertificateFile.certificate(leaf), chain: try chain.map(CertificateFile.certificate), at: now)
    }

    @Test(arguments: ["good", "rsa-2048", "ed25519", "any-usage", "spiffe", "no-names", "email"])
    func believesWhatLeadsToAnAuthority(_ file: String) throws {
        #expect(try verify(file) == nil)
    }

    @Test(arguments: [
        ("expired", CertificateFault.expired), ("not-yet-valid", .notYetValid), ("wrong-root", .untrustedIssuer),
        ("server-only", .wrongUsage), ("authority-as-client", .authorityCertificate), ("self-signed", .selfSigned),
        ("weak-rsa-1024", .weakKey), ("weak-curve", .weakKey), ("critical-extension", .unknownCriticalExtension),
        ("chained", .untrustedIssuer),
    ])
    func refuses(_ file: String, _ expected: CertificateFault) throws {
        #expect(try verify(file) == expected)
    }

    /// Signed under the root's name by another key.
    @Test func refusesAnImpostor() throws {
        let found = try verify("impostor")
        #expect(found == .badSignature || found == .untrustedIssuer)
    }

    @Test func followsIntermediatesFromTheClientOrTheFile() throws {
        #expect(try verify("chained", chain: ["intermediate"]) == nil)
        #expect(try verify("chained", chain: ["wrong-root", "root", "intermediate"]) == nil)
        #expect(try verify("chained", cas: CertificateFile.pem("root", "intermediate")) == nil)
        // An authority in the file ends the chain, a root or not.
        #expect(try verify("chained", cas: CertificateFile.pem("intermediate")) == nil)
        #expect(try verify("good", cas: CertificateFile.pem("intermediate")) == .untrustedIssuer)
        // What a client brings is believed in nothing.
        #expect(try verify("wrong-root", chain: ["other-root"]) == .untrustedIssuer)
        #expect(try verify("chained", chain: ["intermediate"], cas: CertificateFile.pem("other-root")) != nil)
    }

    @Test func takesSeveralAuthorities() throws {
        let both = CertificateFile.pem("two-roots")
        #expect(try verify("good", cas: both) == nil)
        #expect(try verify("wrong-root", cas: both) == nil)
    }

    @Test func boundsTheChain() throws {
        // The intermediate may have no issuer below it.
        #expect(try verify("below-too-deep", chain: ["too-deep", "intermediate"]) == .chainTooLong)
        let many = Array(repeating: "intermediate", count: CertificateVerifier.intermediatesMax + 1)
        #expect(try verify("chained", chain: many) == .chainTooLong)
        #expect(try verify("chained", chain: Array(many.dropLast())) == nil)
    }

    @Test func holdsAuthoritiesToTheirNames() throws {
        #expect(try verify("inside", chain: ["constrained"]) == nil)
        #expect(try verify("outside", chain: ["constrained"]) == .nameConstraint)
    }

    @Test func aCertificateInTheFileIsPinned() throws {
        #expect(try verify("self-signed", cas: CertificateFile.pem("self-signed")) == nil)
        #expect(try verify("good", cas: CertificateFile.pem("good")) == nil)
        #expect(try verify("spiffe", cas: CertificateFile.pem("good")) == .untrustedIssuer)
    }

    /// nginx and Envoy take SHA-1 or not as their OpenSSL is set up; here it is never taken.
    @Test func refusesWeakDigests() throws {
        #expect(try verify("weak-signature") == .weakSignature)
    }

    @Test func revocation() throws {
        let root = CertificateFile.pem("root-crl")
        #expect(try verify("good", crls: root) == nil)
        #expect(try verify("revoked") == nil)
        #expect(try verify("revoked", crls: root) == .revoked)
        // Out of date, not covering, or by another key: as good as revoked.
        #expect(try verify("good", crls: CertificateFile.pem("root-crl-expired")) == .revocationListExpired)
        #expect(try verify("good", crls: CertificateFile.pem("intermediate-crl")) == .revocationListMissing)
        #expect(try verify("good", crls: CertificateFile.pem("impostor-crl")) == .revocationListInvalid)
    }

    @Test func revocationOfTheWholeChain() throws {
        let both = CertificateFile.pem("root-crl", "intermediate-crl")
        #expect(try verify("chained", chain: ["intermediate"], crls: both) == nil)
        let leafOnly = CertificateFile.pem("intermediate-crl")
        #expect(try verify("chained", chain: ["intermediate"], crls: leafOnly) == .revocationListMissing)
        // The certificate that ends the chain needs no list; one that names it still counts.
        let issuer = CertificateFile.pem("intermediate")
        #expect(try verify("chained", cas: issuer, crls: leafOnly) == nil)
        let revoking = CertificateFile.pem("root-crl-revoking-intermediate", "intermediate-crl")
        #expect(try verify("chained", chain: ["intermediate"], crls: revoking) == .revoked)
        #expect(try verify("chained", cas: issuer, crls: revoking) == .revoked)
    }

    @Test func saysHowLongTheAnswerHolds() throws {
        let good = try CertificateFile.certificate("good")
        let plain = try CertificateVerifier(caPEM: CertificateFile.pem("root"))
        #expect(plain.judge(good, at: now) == .success(good.notAfter))
        let listed = try CertificateVerifier(
            caPEM: CertificateFile.pem("root"), crlPEM: CertificateFile.pem("root-crl"))
        // 2119-01-01, the list's next update, a year before the certificates end.
        #expect(listed.judge(good, at: now) == .success(4_701_974_400))
    }

    @Test func refusesFilesThatCannotBeMeant() {
        let root = CertificateFile.pem("root")
        func fault(_ cas: [UInt8], _ crls: [UInt8]? = nil) -> CertificateTrustFault? {
            do {
                _ = try CertificateVerifier(caPEM: cas, crlPEM: crls)
                return nil
            } catch {
                return error
            }
        }
        #expect(fault([]) == .noAuthority)
        #expect(fault(Array("# nothing here\n".utf8)) == .noAuthority)
        #expect(fault(CertificateFile.pem("root-crl")) == .badAuthorities)
        #expect(fault(root + Array("-----BEGIN CERTIFICATE-----\nAAAA\n".utf8)) == .badAuthorities)
        #expect(fault(root, []) == .noRevocationList)
        #expect(fault(root, root) == .badRevocationLists)
        #expect(
            fault(Array("The root:\n".utf8) + root, Array("Its list:\n".utf8) + CertificateFile.pem("root-crl")) == nil)
    }

    /// One verifier and one certificate, from many threads at once.
    @Test func servesSeveralThreads() async throws {
        let verifier = try CertificateVerifier(
            caPEM: CertificateFile.pem("root"), crlPEM: CertificateFile.pem("root-crl", "intermediate-crl"))
        let (good, chained) = (try CertificateFile.certificate("good"), try CertificateFile.certificate("chained"))
        let (revoked, link) = (
            try CertificateFile.certificate("revoked"), try CertificateFile.certificate("intermediate")
        )
        let now = now
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    (0..<50).allSatisfy { _ in
                        verifier.verify(good, at: now) == nil && verifier.verify(revoked, at: now) == .revoked
                            && verifier.verify(chained, chain: [link], at: now) == nil
                    }
                }
            }
            for await fine in group { #expect(fine) }
        }
    }
}
