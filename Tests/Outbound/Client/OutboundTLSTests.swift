import Foundation
import Outbound
import Testing

/// Certificates are verified, always, and against nothing but the named authorities where some are named.
@Suite(.enabled(if: Provider.isExpected && Authority.program != nil, "python3 or openssl is not installed"))
struct OutboundTLSTests {
    private let client = OutboundClient()

    @Test(
        arguments: [
            ("DNS:localhost", "localhost", nil), ("IP:127.0.0.1", "127.0.0.1", nil),
            ("DNS:elsewhere.example", "localhost", .certificateRefused),
            ("DNS:localhost", "127.0.0.1", .certificateRefused),
        ] as [(String, String, OutboundFault?)])
    func theNameIsVerified(names: String, host: String, fault: OutboundFault?) async throws {
        let authority = try Authority()
        let provider = try Provider(.tls(try authority.certificate(for: names)))
        provider.answer("/", 200, "x")
        let answer = try await client.get(provider.url("/", host: host), caFile: authority.path)
        #expect(answer.fault == fault)
        #expect(try provider.log().requests.count == (fault == nil ? 1 : 0))
    }

    @Test func anUnknownAuthorityIsRefused() async throws {
        let (ours, theirs) = (try Authority(), try Authority())
        let provider = try Provider(.tls(try theirs.certificate(for: "DNS:localhost")))
        let url = provider.url("/", host: "localhost")
        #expect(try await client.get(url).fault == .certificateRefused)
        #expect(try await client.get(url, caFile: ours.path).fault == .certificateRefused)
        #expect(try provider.log().requests.isEmpty)
        provider.answer("/", 200, "x")
        #expect(try await client.get(url, caFile: theirs.path).text == "x")
        // The connection that was verified with their authority is not lent to whoever trusts another.
        #expect(try await client.get(url).fault == .certificateRefused)
        #expect(try await client.get(url, caFile: ours.path).fault == .certificateRefused)
    }

    @Test func anExpiredCertificateIsRefused() async throws {
        let authority = try Authority()
        // Ends the moment it begins.
        let provider = try Provider(.tls(try authority.certificate(for: "DNS:localhost", days: 0)))
        try await Task.sleep(nanoseconds: 1_100_000_000)
        let answer = try await client.get(provider.url("/", host: "localhost"), caFile: authority.path)
        #expect(answer.fault == .certificateRefused)
    }

    @Test func aMissingFileOfAuthoritiesIsAFault() async throws {
        let authority = try Authority()
        let provider = try Provider(.tls(try authority.certificate(for: "DNS:localhost")))
        let url = provider.url("/", host: "localhost")
        #expect(try await client.get(url, caFile: "/nonexistent/ca.pem").fault == .authoritiesUnreadable)
    }

    @Test func plainHTTPIsNoTLS() async throws {
        let provider = try Provider()
        #expect(try await client.get("https://127.0.0.1:\(provider.port)/").fault == .handshakeFailed)
    }

    @Test func theSystemHasAuthorities() throws {
        #expect(!Curl.version.isEmpty)
        let path = try #require(Curl.defaultAuthorities)
        #expect(FileManager.default.isReadableFile(atPath: path))
    }
}
