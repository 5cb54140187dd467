import Credentials
import Testing

@Suite struct CertificatePatternTests {
    private func matches(_ pattern: String, _ kind: CertificateIdentity.Kind, _ text: String) throws -> Bool {
        let names =
            switch kind {
            case .spiffe: CertificateNames(uris: [text])
            case .dns: CertificateNames(dns: [text])
            case .email: CertificateNames(emails: [text])
            case .subject: CertificateNames(subject: text)
            }
        let identity = try CertificateIdentity.find([kind], in: names)
        return try #require(CertificatePattern(pattern)).matches(identity)
    }

    @Test(arguments: [
        ("spiffe://x/agents/*", "spiffe://x/agents/a.b", true), ("spiffe://x/agents/*", "spiffe://x/agents/a/b", false),
        ("spiffe://x/agents/*", "spiffe://x/agents", false), ("spiffe://x/agents/**", "spiffe://x/agents/a/b", true),
        ("spiffe://x/*/a", "spiffe://x/n/a", true), ("spiffe://x/*/a", "spiffe://x/n/m/a", false),
        ("spiffe://x/**/a", "spiffe://x/n/m/a", true), ("spiffe://x/a", "spiffe://x/a", true),
        ("spiffe://x/a", "spiffe://x/ab", false), ("spiffe://x/a", "spiffe://xy/a", false),
        ("spiffe://x/a*c*e", "spiffe://x/abcde", true), ("spiffe://x/a*c*e", "spiffe://x/abcd", false),
        ("spiffe://*/a", "spiffe://x.evil/a", true), ("**", "spiffe://x/a/b", true), ("*", "spiffe://x/a", false),
        ("spiffe://x/a**", "spiffe://x/a", true), ("spiffe://X/a", "spiffe://x/a", false),
    ])
    func matchesSPIFFEIDs(_ pattern: String, _ id: String, _ expected: Bool) throws {
        #expect(try matches(pattern, .spiffe, id) == expected)
    }

    /// A star ends where the kind's own parts end, so that one meant for a label does not take a whole subtree.
    @Test(arguments: [
        ("*.example.org", CertificateIdentity.Kind.dns, "a.example.org", true),
        ("*.example.org", .dns, "a.b.example.org", false), ("**.example.org", .dns, "a.b.example.org", true),
        ("*.example.org", .dns, "example.org", false), ("*.example.org", .dns, "aexample.org", false),
        ("*@example.org", .email, "a@example.org", true), ("*@example.org", .email, "a@b.example.org", false),
        ("a@*", .email, "a@b.example.org", true), ("*example.org", .email, "a@example.org", false),
        ("CN=*,O=Example", .subject, "CN=a,O=Example", true),
        ("CN=*,O=Example", .subject, "CN=a,OU=b,O=Example", false),
        ("CN=*,O=Example", .subject, "CN=a\\,O=Example", false), ("CN=*", .subject, "CN=a\\,b", true),
        ("**,O=Example", .subject, "CN=a\\,O=Example", false), ("CN=a\\,b", .subject, "CN=a\\,b", true),
        ("CN=\\*", .subject, "CN=a", false), ("CN=a\\\\,O=b", .subject, "CN=a\\\\,O=b", true),
        ("CN=*,**", .subject, "CN=a,OU=b,O=Example", true), ("**,O=Example", .subject, "CN=a,O=Example\\,x", false),
    ])
    func knowsThePartsOfEachKind(
        _ pattern: String, _ kind: CertificateIdentity.Kind, _ text: String, _ expected: Bool
    ) throws {
        #expect(try matches(pattern, kind, text) == expected)
    }

    @Test func refusesPatternsThatCannotBeMeant() {
        for text in ["", "a***", "é", "a\n", String(repeating: "a", count: CertificatePattern.bytesMax + 1)] {
            #expect(CertificatePattern(text) == nil, "\(text)")
        }
        #expect(CertificatePattern("**") != nil)
    }

    /// The pattern that ruins matchers that try one way after another: 2^200 ways.
    @Test func manyStarsEndSoon() throws {
        let stars = "spiffe://x/" + String(repeating: "*a", count: 200) + "b"
        #expect(try !matches(stars, .spiffe, "spiffe://x/" + String(repeating: "a", count: 2_000)))
    }
}
