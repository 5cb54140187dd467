import Outbound
import Testing

@Suite struct OutboundEndpointTests {
    @Test(arguments: [
        ("https://example.com/a?b=c", "https", "example.com", false),
        ("http://127.0.0.1:8080", "http", "127.0.0.1", true), ("http://127.1/x", "http", "127.0.0.1", true),
        ("http://localhost/", "http", "localhost", true), ("http://[::1]:80/", "http", "[::1]", true),
        ("http://localhost.example/", "http", "localhost.example", false),
        ("http://127.0.0.1.example/", "http", "127.0.0.1.example", false),
        ("http://127.example/", "http", "127.example", false), ("http://10.0.0.1/", "http", "10.0.0.1", false),
        ("http://[::2]/", "http", "[::2]", false),
    ])
    func aURLIsTakenApart(text: String, scheme: String, host: String, isLoopback: Bool) throws {
        let endpoint = try OutboundEndpoint(text)
        #expect(endpoint.scheme == scheme && endpoint.host == host)
        #expect(endpoint.isLoopback == isLoopback)
        #expect(endpoint.isEncrypted == (scheme == "https"))
        #expect(endpoint.unixSocket == nil)
    }

    @Test(
        arguments: [
            ("", .notURL), ("example.com", .notURL), ("/path", .notURL), ("https://", .notURL),
            ("https://exa mple/", .notURL), ("https://example/a\nb", .notURL), ("https://example/\0", .notURL),
            ("ftp://example/", .scheme), ("file:///etc/passwd", .scheme), ("gopher://example/", .scheme),
            ("javascript:alert(1)", .scheme),
            ("https://user@example/", .credentials), ("https://user:password@example/", .credentials),
            ("https://example/#fragment", .fragment),
            ("unix:", .socketPath), ("unix:relative", .socketPath), ("unix:/s:relative", .socketPath),
            ("unix:/\(String(repeating: "s", count: 107))", .socketPath),
        ] as [(String, OutboundEndpoint.Problem)])
    func whatIsNoEndpointIsRefused(text: String, problem: OutboundEndpoint.Problem) {
        #expect(throws: problem) { try OutboundEndpoint(text) }
    }

    @Test func aUnixSocketHasAPathAndATarget() throws {
        let endpoint = try OutboundEndpoint("unix:/run/opa.sock:/v1/data/authz?x")
        #expect(endpoint.unixSocket == "/run/opa.sock")
        #expect(endpoint.url == "http://localhost/v1/data/authz?x")
        #expect(endpoint.isLoopback && !endpoint.isEncrypted)
        #expect(try OutboundEndpoint("unix:/s").url == "http://localhost/")
    }
}
