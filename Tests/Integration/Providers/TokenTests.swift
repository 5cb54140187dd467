import Foundation
import Testing

extension Live {
    /// Tokens of a real provider, found by discovery.
    @Suite(.serialized, .needs(.canaille))
    struct ProviderTests {
        static func configuration(_ provider: Provider, _ more: String = "") -> String {
            """
            auth:
              mode: jwt
              public_paths: [/public]
              failed_credentials: {enabled: false}
              jwt:
                issuer: \(provider.issuer)
                audience: \(Provider.client)
                cooldown_seconds: 1
                cache: {negative_seconds: 0}
            \(more)
            """
        }

        @Test func acceptsItsTokens() throws {
            let provider = try Provider()
            try provider.start(signing: 0)
            let postern = try Postern(Self.configuration(provider))
            let token = try provider.token()
            #expect(try eventually(within: 10) { try Bearer.ask(postern, token).status == 200 })
            let answer = try Bearer.ask(postern, token)
            #expect(answer["X-Auth-User-Id"] == "alice")
            #expect(answer["X-Auth-Name"] == "Alice%20Doe" || answer["X-Auth-Name"] == "Alice Doe")
            #expect(answer["X-Auth-Issuer"] == provider.issuer)
            #expect(answer["X-Auth-Method"] == "jwt")
        }

        @Test func refusesWhatIsNotIts() throws {
            let provider = try Provider()
            try provider.start(signing: 0)
            let postern = try Postern(Self.configuration(provider))
            let token = try provider.token()
            #expect(try eventually(within: 10) { try Bearer.ask(postern, token).status == 200 })
            let parts = token.split(separator: ".").map(String.init)
            let forged = Data(#"{"iss":"\#(provider.issuer)","aud":["agent"],"sub":"root","exp":9999999999}"#.utf8)
                .base64EncodedString().replacingOccurrences(of: "=", with: "")
            for bad in [
                "\(parts[0]).\(forged).\(parts[2])", "\(parts[0]).\(parts[1]).", "\(parts[0]).\(parts[1]).AAAA",
                try provider.opaqueToken(),
            ] {
                #expect(try Bearer.ask(postern, bad).status == 401, "\(bad)")
            }
            #expect(try Bearer.ask(postern, token).status == 200, "and the good one is still good")
        }

        @Test func refusesItsTokensForAnother() throws {
            let provider = try Provider()
            try provider.start(signing: 0)
            let text = Self.configuration(provider).replacingOccurrences(of: "audience: agent", with: "audience: other")
            let postern = try Postern(text)
            let token = try provider.token()
            #expect(try eventually(within: 10) { try Bearer.ask(postern, token).reason == "token_audience" })
            #expect(try Bearer.ask(postern, token).status == 401)
        }
    }
}
