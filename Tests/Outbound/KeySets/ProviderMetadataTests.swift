import Testing

@testable import Outbound

@Suite struct ProviderMetadataTests {
    @Test(arguments: [
        ("https://op", "https://op/.well-known/openid-configuration"),
        ("https://op/", "https://op/.well-known/openid-configuration"),
        ("https://op/tenant", "https://op/tenant/.well-known/openid-configuration"),
        ("https://op/tenant/", "https://op/tenant/.well-known/openid-configuration"),
    ])
    func theDocumentIsBelowTheIssuer(issuer: String, url: String) {
        #expect(ProviderMetadata.url(ofIssuer: issuer) == url)
    }

    private func keySet(_ document: String, issuer: String, from url: String) throws(KeySetFetchFault) -> String {
        guard let endpoint = try? OutboundEndpoint(url, caFile: "/ca.pem") else { throw .badMetadata }
        let keySet = try ProviderMetadata.keySet(in: [UInt8](document.utf8), issuer: issuer, from: endpoint)
        #expect(keySet.caFile == "/ca.pem")
        return keySet.url
    }

    @Test(arguments: [
        ("https://op", "https://keys.example/jwks", "https://keys.example/jwks"),
        ("http://localhost:1", "http://127.0.0.1:2/jwks", "http://127.0.0.1:2/jwks"),
        ("http://127.0.0.1:1", "https://keys.example/jwks", "https://keys.example/jwks"),
    ])
    func theKeysAreWhereItSays(issuer: String, uri: String, expected: String) throws {
        let document = #"{"issuer": "\#(issuer)", "jwks_uri": "\#(uri)", "more": [1]}"#
        #expect(try keySet(document, issuer: issuer, from: issuer) == expected)
    }

    @Test(
        arguments: [
            ("{}", .badMetadata), ("[]", .badMetadata), ("", .badMetadata), ("{", .badMetadata),
            (#"{"issuer": "https://op"}"#, .badMetadata), (#"{"jwks_uri": "https://op/jwks"}"#, .badMetadata),
            (#"{"issuer": ["https://op"], "jwks_uri": "https://op/jwks"}"#, .badMetadata),
            (#"{"issuer": "https://op", "issuer": "https://op", "jwks_uri": "https://op/jwks"}"#, .badMetadata),
            (#"{"issuer": "https://op/", "jwks_uri": "https://op/jwks"}"#, .issuerMismatch),
            (#"{"issuer": "https://OP", "jwks_uri": "https://op/jwks"}"#, .issuerMismatch),
            (#"{"issuer": "https://op", "jwks_uri": "http://op/jwks"}"#, .badKeySetURL),
            (#"{"issuer": "https://op", "jwks_uri": "http://127.0.0.1/jwks"}"#, .badKeySetURL),
            (#"{"issuer": "https://op", "jwks_uri": "/jwks"}"#, .badKeySetURL),
            (#"{"issuer": "https://op", "jwks_uri": "unix:/run/x.sock:/jwks"}"#, .badKeySetURL),
            (#"{"issuer": "https://op", "jwks_uri": "file:///etc/passwd"}"#, .badKeySetURL),
            (#"{"issuer": "https://op", "jwks_uri": "https://user:x@op/jwks"}"#, .badKeySetURL),
        ] as [(String, KeySetFetchFault)])
    func anythingElseIsAFault(document: String, fault: KeySetFetchFault) {
        #expect(throws: fault) { try keySet(document, issuer: "https://op", from: "https://op") }
    }

    /// An issuer on this machine may have its keys here; one in plain HTTP elsewhere may have them nowhere but behind
    /// https.
    @Test(arguments: [
        ("http://127.0.0.1:1", "http://10.0.0.1/jwks"), ("http://10.0.0.1", "http://10.0.0.1/jwks"),
        ("http://10.0.0.1", "http://127.0.0.1/jwks"),
    ])
    func plainHTTPStaysOnThisMachine(issuer: String, uri: String) {
        let document = #"{"issuer": "\#(issuer)", "jwks_uri": "\#(uri)"}"#
        #expect(throws: KeySetFetchFault.badKeySetURL) { try keySet(document, issuer: issuer, from: issuer) }
    }
}
