import Credentials
import Testing

@Suite struct CertificateIdentityTests {
    private func find(_ order: [CertificateIdentity.Kind], _ names: CertificateNames) -> String {
        do {
            let identity = try CertificateIdentity.find(order, in: names)
            return "\(identity.kind.rawValue) \(identity.text)"
        } catch {
            return error.rawValue
        }
    }

    private func find(_ order: [CertificateIdentity.Kind], _ file: String) throws -> String {
        find(order, try CertificateFile.certificate(file).names)
    }

    @Test func takesTheFirstKindThatIsThere() throws {
        #expect(try find([.spiffe, .dns], "spiffe") == "spiffe spiffe://example.org/agents/planner")
        #expect(try find([.dns, .spiffe], "spiffe") == "dns planner.example.org")
        #expect(try find([.spiffe, .email, .dns], "dns") == "dns agent-1.example.org")
        #expect(try find([.email], "email") == "email Alice@example.org")
        #expect(try find([.spiffe, .subject], "good") == "subject CN=agent-1,OU=Agents,O=Example")
        #expect(try find([.spiffe, .dns, .email], "good") == "identity_absent")
        #expect(try find(CertificateIdentity.Kind.allCases, "no-names") == "identity_absent")
    }

    /// X509-SVID section 2: exactly one URI. No later kind makes up for a SPIFFE ID that is wrong.
    @Test func refusesWhatIsNoSVID() throws {
        #expect(try find([.spiffe, .subject], "spiffe-two") == "several_uris")
        #expect(try find([.spiffe, .subject], "spiffe-and-uri") == "several_uris")
        #expect(try find([.spiffe, .subject], "spiffe-escaped") == "bad_spiffe_id")
        #expect(try find([.spiffe, .subject], "spiffe-no-path") == "bad_spiffe_id")
        // Nobody asked for its SPIFFE ID.
        #expect(try find([.subject], "spiffe-two") == "subject O=SPIRE")
    }

    @Test(arguments: [
        "spiffe://a/b", "spiffe://a.b-c_1/B/c.d/-_", "spiffe://example.org/...",
    ])
    func takesSPIFFEIDs(_ id: String) {
        #expect(find([.spiffe], CertificateNames(uris: [id])) == "spiffe \(id)")
    }

    @Test(arguments: [
        "spiffe://", "spiffe:///a", "spiffe://a", "spiffe://a/", "spiffe://a//b", "spiffe://a/b/", "spiffe://a/./b",
        "spiffe://a/../b", "spiffe://A/b", "SPIFFE://a/b", "Spiffe:a", "spiffe:", "spiffe://a:80/b", "spiffe://u@a/b",
        "spiffe://a/b?c", "spiffe://a/b#c", "spiffe://a/%62", "spiffe://a/b*", "spiffe://a/b,c", "spiffe://a/b;c",
        "spiffe://a/é",
    ])
    func refusesSPIFFEIDs(_ id: String) {
        #expect(find([.spiffe, .dns], CertificateNames(uris: [id], dns: ["a"])) == "bad_spiffe_id")
    }

    @Test func anotherURIIsNoIdentity() {
        #expect(find([.spiffe, .dns], CertificateNames(uris: ["urn:a", "urn:b"], dns: ["a"])) == "dns a")
    }

    @Test(arguments: ["a..b", ".a", "a.", "a b", "a/b", "a=b", "a@b", "a:b", "\u{e9}", "a,b"])
    func refusesHostNames(_ name: String) {
        #expect(find([.dns, .subject], CertificateNames(subject: "CN=a", dns: [name])) == "bad_name")
        #expect(find([.email], CertificateNames(emails: ["a@" + name])) == "bad_name")
    }

    @Test(arguments: ["a", "@", "@a", "a@", "a@b@c", "a=b@c", "a/b@c", "a*@c", "\"a b\"@c", "a,b@c"])
    func refusesEmails(_ address: String) {
        #expect(find([.email, .subject], CertificateNames(subject: "CN=a", emails: [address])) == "bad_name")
    }

    @Test func wildcardsStandForNobody() {
        #expect(find([.dns], CertificateNames(dns: ["*.a"])) == "identity_absent")
        #expect(find([.dns], CertificateNames(dns: ["*.a", "b.a"])) == "dns b.a")
    }

    /// By a proxy's word a subject can be any text; one that looks like another kind is none.
    @Test(arguments: ["spiffe://a/b=c", "a@b", "=a", "CN", "/", "C N=a", "*=a"])
    func refusesSubjects(_ subject: String) {
        #expect(find([.subject], CertificateNames(subject: subject)) == "bad_name")
    }

    @Test func boundsIdentities() {
        let long = "spiffe://a/" + String(repeating: "b", count: CertificateNames.bytesMax)
        #expect(find([.spiffe], CertificateNames(uris: [long])) == "bad_spiffe_id")
        let host = Array(repeating: "abcdefg", count: 32).joined(separator: ".")
        #expect(find([.dns], CertificateNames(dns: [host])) == "bad_name")
        #expect(find([.dns], CertificateNames(dns: [String(repeating: "a", count: 64)])) == "bad_name")
        let subject = "CN=" + String(repeating: "b", count: CertificateNames.bytesMax)
        #expect(find([.subject], CertificateNames(subject: subject)) == "bad_name")
    }
}
