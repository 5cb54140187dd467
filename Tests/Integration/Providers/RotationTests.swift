import Foundation
import Testing

extension Live {
    /// What happens to a provider in its life: its keys change, it goes away, it comes back. No answer may be wrong:
    /// a good token is never 401 and a withdrawn key's never 200.
    @Suite(.serialized, .needs(.canaille))
    struct ProviderLifeTests {
        private static let undecidable = "undecidable"

        /// New keys, the old one still published: tokens of both pass, under running traffic, the provider being away
        /// for the seconds its restart takes.
        @Test func survivesRotation() throws {
            let provider = try Provider()
            try provider.start(signing: 0)
            let postern = try Postern(ProviderTests.configuration(provider))
            let old = try provider.token()
            #expect(try eventually(within: 10) { try Bearer.ask(postern, old).status == 200 })
            let load = BearerLoad(port: postern.port, threads: 2, tokens: [old])
            try provider.start(signing: 1, retired: [0])
            let new = try provider.token()
            load.use([old, new])
            #expect(try eventually(within: 40) { try Bearer.ask(postern, new).status == 200 })
            try load.waitForAnswers(100)
            let statuses = try load.stop()
            #expect(Set(statuses.keys).isSubset(of: [200, 403]), "\(statuses)")
            if let refusal = load.refusal { #expect(refusal.reason == Self.undecidable) }
            #expect(try Bearer.ask(postern, old).status == 200)
            #expect(try Bearer.ask(postern, new).status == 200)
        }

        /// The old key is gone: after the next fetch nothing it signed passes, remembered or not.
        @Test func refusesAWithdrawnKey() throws {
            let provider = try Provider()
            try provider.start(signing: 0)
            let postern = try Postern(ProviderTests.configuration(provider))
            let old = try provider.token()
            #expect(try eventually(within: 10) { try Bearer.ask(postern, old).status == 200 })
            try provider.start(signing: 1)
            let new = try provider.token()
            // The unknown key of the new token is what makes Postern look again.
            #expect(try eventually(within: 40) { try Bearer.ask(postern, new).status == 200 })
            #expect(try eventually(within: 5) { try Bearer.ask(postern, old).status == 401 })
            #expect(try Bearer.ask(postern, old).reason == "token_key")
            #expect(try Bearer.ask(postern, new).status == 200)
        }

        /// Away: what can be decided is decided, what cannot is neither allowed nor called the client's fault. Back, with
        /// another key: its tokens pass.
        @Test func survivesOutageAndReturn() throws {
            let provider = try Provider()
            try provider.start(signing: 1)
            let stranger = try provider.token()
            try provider.start(signing: 0)
            let postern = try Postern(ProviderTests.configuration(provider))
            let known = try provider.token()
            #expect(try eventually(within: 10) { try Bearer.ask(postern, known).status == 200 })
            pause(seconds: 1.1)
            let unseen = try provider.token()
            #expect(unseen != known)
            provider.stop()

            let load = BearerLoad(port: postern.port, threads: 2, tokens: [known])
            #expect(try Bearer.ask(postern, unseen).status == 200, "its key is known")
            for _ in 0..<3 {
                let answer = try Bearer.ask(postern, stranger)
                #expect(answer.status == 403 && answer.reason == Self.undecidable, "\(answer.status) \(answer.text)")
                #expect(answer["Retry-After"] != nil)
                pause(seconds: 0.7)
            }
            #expect(try Bearer.ask(postern, "a.b.c").status == 401, "no token at all needs no key")
            #expect(try HTTPClient.once(port: postern.port, "GET", "/envoy/public").status == 200)

            try provider.start(signing: 1, retired: [0])
            #expect(try eventually(within: 40) { try Bearer.ask(postern, stranger).status == 200 })
            #expect(try load.stop().keys.sorted() == [200], "known tokens pass all the while")
        }

        /// It starts and serves without its provider, and needs no restart when that appears.
        @Test func startsBeforeItsProvider() throws {
            let provider = try Provider()
            try provider.start(signing: 0)
            let token = try provider.token()
            provider.stop()
            let postern = try Postern(ProviderTests.configuration(provider))
            #expect(try HTTPClient.once(port: postern.port, "GET", "/envoy/public").status == 200)
            let answer = try Bearer.ask(postern, token)
            #expect(answer.status == 403 && answer.reason == Self.undecidable, "\(answer.status) \(answer.text)")
            try provider.start(signing: 0)
            #expect(try eventually(within: 40) { try Bearer.ask(postern, token).status == 200 })
        }
    }
}
