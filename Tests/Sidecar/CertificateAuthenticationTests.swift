import Domain
import NIOCore
import NIOEmbedded
import Testing

@testable import Credentials
@testable import Sidecar

/// Mode `mtls` by Envoy's word: which certificate speaks for a request, and what is remembered of it.
@Suite struct CertificateAuthenticationTests {
    private let yaml = """
        trusted_proxies: [loopback]
        auth:
          mode: mtls
          public_paths: [/health]
          mtls:
            sources: [xfcc]
            roles: [{pattern: "spiffe://example.org/agents/*", roles: [user], tenant: acme}]
          roles: [{name: user, permissions: [invoke]}]
          rate_limits: {default: 50/hour}
        routes:
          - {path: /invoke, permissions: [invoke]}
          - {path: /any}
        """

    private func xfcc(_ name: String, _ digit: String = "a") -> String {
        "x-forwarded-client-cert: Hash=\(String(repeating: digit, count: 64));URI=spiffe://example.org/\(name)"
    }

    @Test func theCertificateIsTheCredential() throws {
        let port = try CheckPort(yaml)
        for _ in 0..<2 {
            let answer = try port.ask("GET /envoy/invoke", [xfcc("agents/one")])
            #expect(answer.status == 200)
            #expect(answer["X-Auth-User-Id"] == "spiffe://example.org/agents/one")
            #expect(answer["X-Auth-Method"] == "mtls")
            #expect(answer["X-Auth-Tenant-Id"] == "acme")
            #expect(answer.list("x-envoy-auth-headers-to-remove").contains("x-forwarded-client-cert"))
        }
        #expect(port.worker.authentication.counters.cacheHits == 1)
        #expect(try port.ask("GET /envoy/invoke", [xfcc("others/two")]).status == 403)
        #expect(try port.ask("GET /envoy/any").body.contains("\"certificate_missing\""))
        #expect(try port.ask("GET /envoy/any", ["x-forwarded-client-cert:"]).body.contains("\"certificate_missing\""))
        #expect(try port.ask("GET /envoy/any", ["x-forwarded-client-cert: x"]).body.contains("\"certificate_invalid\""))
        #expect(try port.ask("GET /envoy/health", ["x-forwarded-client-cert: x"]).status == 200)
    }

    @Test func onlyATrustedPeersWordCounts() throws {
        let stranger = try CheckPort(yaml, peer: ClientAddress(ipv4: 0x0808_0808))
        #expect(try stranger.ask("GET /envoy/any", [xfcc("agents/one")]).body.contains("\"certificate_missing\""))
    }

    /// Nobody can say which of two the proxy wrote: not the first time, and not once one of them is known.
    @Test func twoHeadersAreRefusedWhateverIsRemembered() throws {
        let port = try CheckPort(yaml)
        let (one, two) = (xfcc("agents/one"), xfcc("agents/two", "b"))
        #expect(try port.ask("GET /envoy/any", [one]).status == 200)
        #expect(try port.ask("GET /envoy/any", [one, two]).body.contains("\"certificate_invalid\""))
        #expect(try port.ask("GET /envoy/any", [two, one]).body.contains("\"certificate_invalid\""))
        // And whoever is named in them is not refused for it.
        #expect(try port.ask("GET /envoy/any", [one]).status == 200)
        #expect(try port.ask("GET /envoy/any", [two]).status == 200)
    }

    /// A proxy with a certificate of its own stands between: it is not the client, and what is remembered of one of its
    /// clients is not said of the next.
    @Test func theProxysOwnCertificateIsNobodysWhereOnlyHeadersAreRead() throws {
        let port = try CheckPort(yaml)
        let connection = try port.channel.pipeline.syncOperations.handler(type: CheckHandler.self).connection
        let names = CertificateNames(uris: ["spiffe://example.org/envoy"])
        connection.peerCertificate = .success(
            PresentedCertificate(thumbprint: SHA256().digest([UInt8]("envoy".utf8).span), names: names))
        for name in ["agents/one", "agents/two", "agents/one"] {
            let digit = name.hasSuffix("one") ? "a" : "b"
            let answer = try port.ask("GET /envoy/any", [xfcc(name, digit)])
            #expect(answer["X-Auth-User-Id"] == "spiffe://example.org/\(name)")
        }
        #expect(try port.ask("GET /envoy/any").body.contains("\"certificate_missing\""))
    }

    /// With its chain left out a certificate may lead nowhere: what is remembered of it is for the two together.
    @Test func theChainIsPartOfWhatIsRemembered() throws {
        let authority = try TemporaryFile(CertificateAuthenticationTests.authority)
        let yaml = yaml.replacing("sources: [xfcc]", with: "sources: [client_cert]\n    ca_file: \(authority.path)")
        let port = try CheckPort(yaml)
        let leaf = "Client-Cert: :AAAA:"
        #expect(try port.ask("GET /envoy/any", [leaf]).body.contains("\"certificate_invalid\""))
        #expect(port.worker.authentication.counters.refusedCacheHits == 0)
        _ = try port.ask("GET /envoy/any", [leaf, "Client-Cert-Chain: :BBBB:"])
        #expect(port.worker.authentication.counters.refusedCacheHits == 0)
        _ = try port.ask("GET /envoy/any", [leaf])
        #expect(port.worker.authentication.counters.refusedCacheHits == 1)
    }

    /// Made for these tests and used nowhere else; its key is `TestToken.key`.
    private static let authority = """
        -----BEGIN CERTIFICATE-----
        MIIBdDCCARmgAwIBAgIUdAuoUGsw6/nmrXhINNYMtgCe5L8wCgYIKoZIzj0EAwIw
        DzENMAsGA1UEAwwEdGVzdDAeFw0yNjExMjEwODEyMzVaFw0zNjExMTgwODEyMzVa
        MA8xDTALBgNVBAMMBHRlc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATV6/bI
        69umTROa1RZ9YVy+y1ag0Lek6ypkY6BgGXSfgSunYPQmR8lMYM9zbbNEVI3IY4Cs
        O4qXvRKZpqBGUT2ro1MwUTAdBgNVHQ4EFgQUnFUeyaljTSq+3jyOjKt1S6Vinhww
        HwYDVR0jBBgwFoAUnFUeyaljTSq+3jyOjKt1S6VinhwwDwYDVR0TAQH/BAUwAwEB
        /zAKBggqhkjOPQQDAgNJADBGAiEAwm6wYKiZ5oYXxBmorMpafRpQ5dyq3Vx8F0lf
        RiAqH/8CIQDBR01osRTVZArWIG//AE4uxNo9Cy2PwH95r9qL384fEg==
        -----END CERTIFICATE-----
        """
}
