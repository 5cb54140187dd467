import Foundation
import Testing

/// The provider alone, without Postern: that the tests beside this one have a real one to lean on.
@Suite(.serialized, .needs(.canaille))
struct ProviderStandsTests {
    @Test func issuesRotatesAndIntrospects() throws {
        let provider = try Provider()
        try provider.start(signing: 0)
        let discovery = try provider.ask("GET", "/.well-known/openid-configuration").json
        #expect(discovery["issuer"] as? String == provider.issuer)
        #expect(discovery["jwks_uri"] as? String == "\(provider.issuer)/oauth/jwks.json")
        let first = try keyID(of: provider.token())
        #expect(try published(provider) == [first])

        try provider.start(signing: 1, retired: [0])
        let second = try keyID(of: provider.token())
        #expect(second != first)
        #expect(try published(provider).sorted() == [first, second].sorted())
        try provider.start(signing: 1)
        #expect(try published(provider) == [second])

        let token = try provider.opaqueToken()
        #expect(try introspect(provider, token))
        try provider.revoke(token)
        #expect(try !introspect(provider, token))
        provider.stop()
        #expect(!TCPConnection.accepts(provider.port))
    }

    private func keyID(of token: String) throws -> String {
        var head = String(try #require(token.split(separator: ".").first))
            .replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
        while head.utf8.count % 4 != 0 { head += "=" }
        let data = try #require(Data(base64Encoded: head))
        let header = try JSONSerialization.jsonObject(with: data) as? [String: Any]
        return try #require(header?["kid"] as? String)
    }

    private func published(_ provider: Provider) throws -> [String] {
        let document = try JSONSerialization.jsonObject(with: Data(try provider.publishedKeys())) as? [String: Any]
        let keys = try #require(document?["keys"] as? [[String: Any]])
        return keys.compactMap { $0["kid"] as? String }
    }

    private func introspect(_ provider: Provider, _ token: String) throws -> Bool {
        let answer = try provider.ask("POST", "/oauth/introspect", body: "token=\(token)")
        return try #require(answer.json["active"] as? Bool)
    }
}
