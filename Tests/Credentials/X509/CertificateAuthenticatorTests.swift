import Bytes
import Credentials
import Domain
import Testing

@Suite struct CertificateAuthenticatorTests {
    private let now = CertificateFile.now

    private func authenticator(
        _ identities: [CertificateIdentity.Kind] = [.spiffe, .subject], prefix: String? = nil
    ) throws -> CertificateAuthenticator {
        let agents = try #require(CertificatePattern("spiffe://example.org/agents/*"))
        let all = try #require(CertificatePattern("spiffe://example.org/**"))
        return CertificateAuthenticator(
            identities: identities,
            rules: [
                CertificateRoleRule(pattern: agents, roles: ["agent"], tenant: "acme"),
                CertificateRoleRule(pattern: all, roles: ["admin"]),
            ], defaultRoles: ["default"], subjectPrefix: prefix)
    }

    private func fault(_ result: Result<CertifiedPrincipal, CertificateFault>) -> CertificateFault? {
        guard case .failure(let fault) = result else { return nil }
        return fault
    }

    @Test func makesAPrincipal() throws {
        let presented = PresentedCertificate(try CertificateFile.certificate("spiffe"))
        let verifier = try CertificateVerifier(caPEM: CertificateFile.pem("root"))
        let found = try authenticator(prefix: "mtls:").authenticate(presented, verifier: verifier, at: now).get()
        #expect(found.principal.method == .mtls)
        #expect(found.principal.subject == "mtls:spiffe://example.org/agents/planner")
        #expect(found.principal.issuer == nil)
        #expect(found.principal.keyID == presented.thumbprint.base64URL)
        // The first rule that matches, and only that.
        #expect(found.principal.roles == ["agent"])
        #expect(found.principal.tenant == "acme")
        #expect(found.principal.expiresAt == presented.certificate?.notAfter)
        #expect(found.goodUntil == presented.certificate?.notAfter)
        #expect(found.thumbprint == presented.thumbprint)
    }

    @Test func givesDefaultRolesToWhomNoPatternNames() throws {
        let presented = PresentedCertificate(try CertificateFile.certificate("good"))
        let found = try authenticator().authenticate(presented, verifier: nil, at: now).get()
        #expect(found.principal.roles == ["default"])
        #expect(found.principal.tenant == nil)
        #expect(found.principal.subject == "CN=agent-1,OU=Agents,O=Example")
    }

    @Test func anEmailIsAlsoTheEmail() throws {
        let presented = PresentedCertificate(try CertificateFile.certificate("email"))
        let found = try authenticator([.email]).authenticate(presented, verifier: nil, at: now).get()
        #expect(found.principal.email == "Alice@example.org")
        #expect(found.principal.subject == "Alice@example.org")
    }

    /// Somebody else's verification does not make an expired certificate, an authority's or a server's a client's.
    @Test(arguments: [
        ("expired", CertificateFault.expired), ("server-only", .wrongUsage), ("root", .authorityCertificate),
        ("weak-rsa-1024", .weakKey),
    ])
    func looksAtTheCertificateEvenWithoutAVerifier(_ file: String, _ expected: CertificateFault) throws {
        let presented = PresentedCertificate(try CertificateFile.certificate(file))
        #expect(fault(try authenticator().authenticate(presented, verifier: nil, at: now)) == expected)
    }

    @Test func aProxysWordIsNotEnoughForAVerifier() throws {
        let hash = String(repeating: "ab", count: 32)
        let header = [UInt8]("By=p;Hash=\(hash);URI=spiffe://example.org/agents/a".utf8)
        let presented = try ForwardedCertificate.xfcc(header.span)
        let verifier = try CertificateVerifier(caPEM: CertificateFile.pem("root"))
        #expect(fault(try authenticator().authenticate(presented, verifier: verifier, at: now)) == .certificateAbsent)
        let found = try authenticator().authenticate(presented, verifier: nil, at: now).get()
        #expect(found.principal.subject == "spiffe://example.org/agents/a")
        #expect(found.principal.expiresAt == nil)
        #expect(found.goodUntil == Int64.max)
    }

    @Test func verifiesBeforeItNames() throws {
        let verifier = try CertificateVerifier(caPEM: CertificateFile.pem("other-root"))
        let presented = PresentedCertificate(try CertificateFile.certificate("spiffe-two"))
        #expect(fault(try authenticator().authenticate(presented, verifier: verifier, at: now)) == .untrustedIssuer)
        #expect(fault(try authenticator().authenticate(presented, verifier: nil, at: now)) == .severalURIs)
    }

    @Test func onlyAMissingCertificateIsToldApart() {
        for fault in CertificateFault.allCases {
            let isAbsent = fault == .missing || fault == .certificateAbsent
            #expect(fault.reason == (isAbsent ? .certificateMissing : .certificateInvalid))
        }
    }
}
