import Foundation
import Testing

extension Live {
    /// Opaque tokens, asked about at a real provider (RFC 7662).
    @Suite(.serialized, .needs(.canaille))
    struct IntrospectionTests {
        private static func configuration(
            _ provider: Provider, _ more: String = "", cacheSeconds: Int = 2
        ) -> String {
            """
            auth:
              mode: oauth2
              failed_credentials: {enabled: false}
              oauth2:
                introspection_url: \(provider.issuer)/oauth/introspect
                client_id: \(Provider.client)
                client_secret_env: INTROSPECTION_SECRET
                issuer: \(provider.issuer)
                audience: \(Provider.client)
                claims: {user_id: client_id}
                cache_seconds: \(cacheSeconds)
                negative_cache_seconds: 1
                deadline_ms: 5000
            \(more)
            """
        }

        private static let environment = ["INTROSPECTION_SECRET": Provider.secret]

        private func started() throws -> Provider {
            let provider = try Provider()
            try provider.start(signing: 0)
            return provider
        }

        @Test func acceptsWhatTheProviderVouchesFor() throws {
            let provider = try started()
            let postern = try Postern(Self.configuration(provider), environment: Self.environment)
            let answer = try Bearer.ask(postern, try provider.opaqueToken())
            #expect(answer.status == 200, "\(answer.text)")
            #expect(answer["X-Auth-User-Id"] == Provider.client)
            #expect(answer["X-Auth-Scopes"] == "profile")
            #expect(answer["X-Auth-Method"] == "oauth2")
        }

        /// The provider says no more of a client's own token than this: nobody to hold to account is nobody.
        @Test func aTokenWithoutASubjectNeedsAMapping() throws {
            let provider = try started()
            let text = Self.configuration(provider).replacingOccurrences(
                of: "    claims: {user_id: client_id}\n", with: "")
            let postern = try Postern(text, environment: Self.environment)
            let answer = try Bearer.ask(postern, try provider.opaqueToken())
            #expect(answer.status == 401 && answer.reason == "token_claim", "\(answer.text)")
        }

        @Test func refusesWhatTheProviderDoesNotKnow() throws {
            let provider = try started()
            let postern = try Postern(Self.configuration(provider), environment: Self.environment)
            let answer = try Bearer.ask(postern, "an-opaque-token-of-nobody")
            #expect(answer.status == 401 && answer.reason == "token_inactive", "\(answer.text)")
        }

        /// A revoked token passes for as long as it is remembered, and not a refresh longer.
        @Test func forgetsARevokedToken() throws {
            let provider = try started()
            let postern = try Postern(Self.configuration(provider), environment: Self.environment)
            let token = try provider.opaqueToken()
            #expect(try Bearer.ask(postern, token).status == 200)
            try provider.revoke(token)
            #expect(try eventually(within: 6) { try Bearer.ask(postern, token).status == 401 })
            #expect(try Bearer.ask(postern, token).reason == "token_inactive")
        }

        @Test func requiresItsScopes() throws {
            let provider = try started()
            let postern = try Postern(
                Self.configuration(provider, "    required_scopes: [admin]"), environment: Self.environment)
            let answer = try Bearer.ask(postern, try provider.opaqueToken())
            #expect(answer.status == 403 && answer.reason == "token_scope", "\(answer.text)")
        }

        /// Away, or not willing to speak to us: neither is the client's fault, and neither lets it in.
        @Test func cannotDecideWithoutTheProvider() throws {
            let provider = try started()
            let postern = try Postern(
                Self.configuration(provider, cacheSeconds: 60), environment: Self.environment)
            let stranger = try Postern(
                Self.configuration(provider), environment: ["INTROSPECTION_SECRET": "another secret altogether"])
            let (known, unseen) = (try provider.opaqueToken(), try provider.opaqueToken())
            let refused = try Bearer.ask(stranger, known)
            #expect(refused.status == 403 && refused.reason == "undecidable", "\(refused.text)")

            #expect(try Bearer.ask(postern, known).status == 200)
            provider.stop()
            #expect(try Bearer.ask(postern, known).status == 200, "remembered")
            let answer = try Bearer.ask(postern, unseen)
            #expect(answer.status == 403 && answer.reason == "undecidable", "\(answer.text)")
            #expect(answer["Retry-After"] != nil)
            try provider.start(signing: 0)
            #expect(try eventually(within: 10) { try Bearer.ask(postern, unseen).status == 200 })
        }
    }
}
