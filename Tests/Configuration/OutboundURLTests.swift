import Testing

@testable import Configuration

/// URLs of those who are asked.
@Suite struct OutboundURLTests {
    @Test(arguments: [
        ("https://a.example", true), ("https://a.example:8443/x?y=1", true), ("https://[2001:db8::1]/x", true),
        ("https://10.0.0.1", true), ("https://xn--bcher-kva.example/%C3%BC", true), ("http://localhost/x", false),
        ("http://127.0.0.1:1/x", false), ("http://127.9.9.9", false), ("http://[::1]:8080", false),
        ("https://a.example?x", true),
    ])
    func isTaken(_ url: String, _ isEncrypted: Bool) throws {
        #expect(try OutboundURL.check(url) == isEncrypted)
    }

    @Test(arguments: [
        ("", "must start"), ("a.example", "must start"), ("ftp://a.example", "must start"), ("HTTPS://a", "must start"),
        ("https://", "needs a host"), ("https:///x", "needs a host"), ("https://:443", "needs a host"),
        ("https://a_é.example", "a byte"), ("https://a b", "a byte"), ("https://a\\b", "a byte"),
        ("https://a\u{0}", "a byte"), ("https://a/{id}", "a byte"), ("https://a#b", "a fragment"),
        ("https://u@a.example", "a name or a password"), ("https://u:p@a.example", "a name or a password"),
        ("https://a.example:0", "needs a port"), ("https://a.example:65536", "needs a port"),
        ("https://a.example:08", "needs a port"), ("https://a.example:", "needs a port"),
        ("https://[::1", "`[` without"), ("https://[::1]x", "needs a port"), ("https://a!b", "needs a host"),
        ("http://a.example", "must be `https://`"), ("http://localhost.example", "must be `https://`"),
        ("http://127.0.0.1.example", "must be `https://`"), ("http://2130706433", "must be `https://`"),
        ("http://0.0.0.0", "must be `https://`"),
    ])
    func isRefused(_ url: String, _ reason: String) {
        #expect {
            try OutboundURL.check(url)
        } throws: { error in
            (error as? OutboundURL.Fault)?.reason.contains(reason) == true
        }
    }

    @Test func anIssuerHasNoQuery() {
        #expect(throws: OutboundURL.Fault.self) { try OutboundURL.check("https://a?b", allowsQuery: false) }
        #expect(throws: OutboundURL.Fault.self) {
            try OutboundURL.check("https://a/" + String(repeating: "b", count: 2_048))
        }
    }
}
