import Domain
import Outbound
import Testing

/// Servers that are slow, broken, hostile or not there.
@Suite(.enabled(if: Provider.isExpected, "python3 is not installed"))
struct OutboundFaultTests {
    private let client = OutboundClient()

    @Test(arguments: [301, 302, 303, 304, 307, 308])
    func aRedirectIsNotFollowed(status: Int) async throws {
        let provider = try Provider()
        provider.answer("/away", status, headers: ["Location": provider.url("/here")])
        provider.answer("/here", 200, "secret")
        #expect(try await client.get(provider.url("/away")).fault == .redirected)
        #expect(try provider.log().requests.map(\.path) == ["/away"])
    }

    @Test(
        arguments: [
            ("truncated", .interrupted), ("garbage", .malformed), ("headless", .malformed), ("flood", .headTooLarge),
            ("huge", .bodyTooLarge),
        ] as [(String, OutboundFault)])
    func aBrokenAnswerIsAFault(how: String, fault: OutboundFault) async throws {
        let provider = try Provider()
        provider.misbehave("/", how)
        #expect(try await client.get(provider.url("/")).fault == fault)
        // The next request is none the worse.
        provider.answer("/good", 200, "x")
        #expect(try await client.get(provider.url("/good")).text == "x")
    }

    @Test func theBodyMayBeAsLongAsAllowed() async throws {
        let provider = try Provider()
        provider.answer("/", 200, String(repeating: "x", count: 1_000))
        #expect(try await client.get(provider.url("/"), bytes: 1_000).response?.body.count == 1_000)
        #expect(try await client.get(provider.url("/"), bytes: 999).fault == .bodyTooLarge)
    }

    @Test func aConnectionClosedWithoutAWordIsAFault() async throws {
        let provider = try Provider()
        provider.refuse(true)
        #expect(try await client.get(provider.url("/")).fault == .interrupted)
        provider.refuse(false)
        provider.answer("/", 200, "x")
        #expect(try await client.get(provider.url("/")).text == "x")
    }

    @Test func nobodyThereIsAFault() async throws {
        let provider = try Provider()
        let url = provider.url("/")
        provider.stop()
        #expect(try await client.get(url).fault == .notConnected)
    }

    @Test func aNameWithoutAnAddressIsAFault() async throws {
        let fault = try await client.get("http://nowhere.invalid/").fault
        #expect(fault == .nameNotResolved)
    }

    @Test(arguments: ["silent", "drip"])
    func theDeadlineEndsARequest(how: String) async throws {
        let provider = try Provider()
        provider.misbehave("/", how)
        let began = ContinuousClock.now
        let waits = Arrivals<Duration>()
        let request = OutboundRequest(.get, try OutboundEndpoint(provider.url("/")), deadlineMillis: 200)
        client.send(request) { answer in
            #expect(answer.fault == .deadline)
            waits.append(ContinuousClock.now - began)
        }
        #expect(await waits.wait { $0.count == 1 })
        // Either server would take half a minute.
        #expect(waits.all.allSatisfy { $0 >= .milliseconds(200) && $0 < .seconds(10) })
    }

    @Test func aKeptConnectionThatDiedIsReplaced() async throws {
        let provider = try Provider()
        provider.answer("/", 200, "x", headers: ["Connection": "close"])
        for _ in 0..<3 { #expect(try await client.get(provider.url("/")).text == "x") }
        #expect(try provider.log().connections == 3)
    }

    @Test func everyFaultHasItsOwnWordAndSentence() {
        #expect(Set(OutboundFault.allCases.map(\.rawValue)).count == OutboundFault.allCases.count)
        #expect(Set(OutboundFault.allCases.map(\.description)).count == OutboundFault.allCases.count)
    }
}
