import Credentials
import Outbound
import Testing

/// RFC 7515 A.3.1 and RFC 7517 A.1: two keys of P-256.
private let first =
    #"{"kty":"EC","crv":"P-256","kid":"first","alg":"ES256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#
private let second =
    #"{"kty":"EC","crv":"P-256","kid":"second","alg":"ES256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}"#

private func jwks(_ keys: String...) -> String { #"{"keys": [\#(keys.joined(separator: ","))]}"# }

/// A source at a real server, with everything it published.
private final class Watched {
    let source: KeySetSource
    let published = Arrivals<KeySetSnapshot>()

    init(_ client: OutboundClient, _ origin: KeySetSettings.Origin, cooldown: Int = 10) {
        let published = published
        source = KeySetSource(
            index: 7,
            settings: KeySetSettings(
                origin: origin, algorithms: [.es256], cooldownSeconds: cooldown, deadlineMillis: 10_000),
            client: client
        ) { index, snapshot in
            #expect(index == 7)
            published.append(snapshot)
        }
        source.start()
    }

    deinit { source.stop() }

    func has(_ names: String..., in snapshot: KeySetSnapshot) -> Bool {
        snapshot.keys?.keys.compactMap(\.keyID) == names
    }
}

@Suite(.enabled(if: Provider.isExpected, "python3 is not installed"))
struct KeySetSourceTests {
    private let client = OutboundClient()

    private func keySet(_ provider: Provider) throws -> KeySetSettings.Origin {
        .keySet(try OutboundEndpoint(provider.url("/jwks")))
    }

    @Test func theKeysAreFetchedAtOnce() async throws {
        let provider = try Provider()
        provider.answer("/jwks", 200, jwks(first))
        let watched = Watched(client, try keySet(provider))
        #expect(await watched.published.wait { $0.count == 1 })
        let snapshot = watched.published.all[0]
        #expect(watched.has("first", in: snapshot))
        #expect(!snapshot.isStale && snapshot.fault == nil && snapshot.generation == 1 && snapshot.fetchedAt > 0)
        #expect(try provider.log().requests.map(\.path) == ["/jwks"])
        #expect(watched.source.snapshot.generation == 1 && watched.source.counters.succeeded == 1)
    }

    @Test func aProviderThatIsDownComesBack() async throws {
        let provider = try Provider()
        provider.refuse(true)
        let watched = Watched(client, try keySet(provider))
        #expect(await watched.published.wait { !$0.isEmpty })
        let snapshot = watched.published.all[0]
        #expect(snapshot.keys == nil && snapshot.fault == .unreached(.keySet, .interrupted))
        // Undecidable, or waiting for the retry where that is under way already.
        #expect(watched.source.refreshForUnknownKey(seen: snapshot.generation) != .settled)
        provider.answer("/jwks", 200, jwks(first))
        provider.refuse(false)
        #expect(await watched.published.wait { $0.last?.keys != nil })
        #expect(watched.source.snapshot.fault == nil)
    }

    @Test func aNewKeyIsFetchedOnceHoweverManyAsk() async throws {
        let provider = try Provider()
        provider.answer("/jwks", 200, jwks(first))
        let watched = Watched(client, try keySet(provider))
        #expect(await watched.published.wait { $0.count == 1 })
        provider.answer("/jwks", 200, jwks(second))
        let source = watched.source
        // Several workers, each with the first snapshot.
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    for _ in 0..<25_000 where source.refreshForUnknownKey(seen: 1) != .wait {
                        Issue.record("not told to wait")
                    }
                }
            }
        }
        #expect(await watched.published.wait { $0.count == 2 })
        #expect(watched.has("second", in: watched.published.all[1]))
        // Within the cool-down nothing more is asked, and the first key is gone.
        for _ in 0..<100_000 where source.refreshForUnknownKey(seen: 2) != .settled { Issue.record("asked again") }
        try await Task.sleep(nanoseconds: 200_000_000)
        #expect(try provider.log().requests.count == 2)
        #expect(source.counters.keySetRequests == 2)
    }

    @Test func afterTheCooldownItIsAskedAgain() async throws {
        let provider = try Provider()
        provider.answer("/jwks", 200, jwks(first))
        let watched = Watched(client, try keySet(provider), cooldown: 1)
        #expect(await watched.published.wait { $0.count == 1 })
        #expect(watched.source.refreshForUnknownKey(seen: 1) == .wait)
        #expect(await watched.published.wait { $0.count == 2 })
        try await Task.sleep(nanoseconds: 1_100_000_000)
        #expect(watched.source.refreshForUnknownKey(seen: 2) == .wait)
        #expect(await watched.published.wait { $0.count == 3 })
    }

    /// What is not a set of usable keys does not replace one.
    @Test(arguments: [
        (200, #"{"keys": []}"#, "no_usable_key"), (200, #"{"keys": [{"kty": "RSA"}]}"#, "no_usable_key"),
        (200, "{}", "not_a_key_set"), (200, "", "not_json"), (200, "<html>", "not_json"),
        (404, "", "unexpected_status"), (500, jwks(second), "unexpected_status"),
        (201, jwks(second), "unexpected_status"),
        (302, "", "redirected"),
    ])
    func theOldKeysStay(status: Int, body: String, word: String) async throws {
        let provider = try Provider()
        provider.answer("/jwks", 200, jwks(first))
        let watched = Watched(client, try keySet(provider))
        #expect(await watched.published.wait { $0.count == 1 })
        provider.answer("/jwks", status, body, headers: ["Location": "/elsewhere"])
        #expect(watched.source.refreshForUnknownKey(seen: 1) == .wait)
        #expect(await watched.published.wait { $0.count >= 2 })
        let snapshot = watched.published.all[1]
        #expect(watched.has("first", in: snapshot))
        #expect(snapshot.fault?.word == word)
        // It may have the key: nobody knows.
        #expect(watched.source.refreshForUnknownKey(seen: snapshot.generation) != .settled)
    }

    @Test func discoveryLeadsToTheKeys() async throws {
        let provider = try Provider()
        let issuer = provider.url("/tenant")
        provider.answer(
            "/tenant/.well-known/openid-configuration", 200,
            #"{"issuer": "\#(issuer)", "jwks_uri": "\#(provider.url("/keys"))"}"#)
        provider.answer("/keys", 200, jwks(first))
        let watched = Watched(client, .issuer(issuer))
        #expect(await watched.published.wait { $0.count == 1 })
        #expect(watched.has("first", in: watched.published.all[0]))
        // The next fetch asks where the keys were; once they are gone from there, discovery is asked again.
        provider.answer("/keys", 404)
        #expect(watched.source.refreshForUnknownKey(seen: 1) == .wait)
        #expect(await watched.published.wait { $0.count >= 2 })
        #expect(watched.published.all[1].fault == .status(.keySet, 404))
        provider.answer(
            "/tenant/.well-known/openid-configuration", 200,
            #"{"issuer": "\#(issuer)", "jwks_uri": "\#(provider.url("/moved"))"}"#)
        provider.answer("/moved", 200, jwks(second))
        #expect(await watched.published.wait { $0.last?.fault == nil && $0.count > 2 })
        #expect(watched.has("second", in: watched.source.snapshot))
        let paths = try provider.log().requests.compactMap { $0.path.split(separator: "/").last }
        #expect(paths.prefix(4) == ["openid-configuration", "keys", "keys", "openid-configuration"])
        #expect(paths.suffix(2) == ["openid-configuration", "moved"])
    }

    @Test func aProviderCannotSpeakForAnotherIssuer() async throws {
        let provider = try Provider()
        provider.answer(
            "/.well-known/openid-configuration", 200,
            #"{"issuer": "https://other.example", "jwks_uri": "\#(provider.url("/keys"))"}"#)
        provider.answer("/keys", 200, jwks(first))
        let watched = Watched(client, .issuer(provider.url("")))
        #expect(await watched.published.wait { !$0.isEmpty })
        #expect(watched.published.all[0].keys == nil && watched.published.all[0].fault == .issuerMismatch)
        #expect(try Set(provider.log().requests.map(\.path)) == ["/.well-known/openid-configuration"])
    }

    @Test func aStoppedSourceIsQuiet() async throws {
        let provider = try Provider()
        provider.answer("/jwks", 200, jwks(first))
        let watched = Watched(client, try keySet(provider))
        #expect(await watched.published.wait { $0.count == 1 })
        watched.source.stop()
        #expect(watched.source.refreshForUnknownKey(seen: 1) == .undecidable)
        try await Task.sleep(nanoseconds: 100_000_000)
        #expect(watched.published.all.count == 1)
        #expect(try provider.log().requests.count == 1)
    }
}
