import Domain
import Outbound
import Synchronization
import Testing

/// Against a real server, over a real connection.
@Suite(.enabled(if: Provider.isExpected, "python3 is not installed"))
struct OutboundClientTests {
    private let client = OutboundClient()

    @Test func whatIsSentArrives() async throws {
        let provider = try Provider()
        provider.answer("/a?b=c", 201, "made", headers: ["X-Thing": " one ", "x-thing": "two"])
        let request = OutboundRequest(
            .post, try OutboundEndpoint(provider.url("/a?b=c")),
            fields: [.init("Content-Type", "text/plain"), .init("X-Empty", "")], body: [UInt8]("höre".utf8),
            deadlineMillis: 5_000)
        let response = try await client.ask(request).get()
        #expect(response.status == 201)
        #expect(response.body == [UInt8]("made".utf8))
        #expect(["one, two", "two, one"].contains(response.field("x-thing")))
        #expect(response.field("nothing") == nil)
        let log = try provider.log()
        #expect(log.requests.count == 1)
        let asked = log.requests[0]
        #expect(asked.method == "POST" && asked.path == "/a?b=c" && asked.body == "höre")
        #expect(asked.headers["content-type"] == "text/plain" && asked.headers["x-empty"] == "")
        #expect(asked.headers["user-agent"] == "postern")
        #expect(asked.headers["expect"] == nil && asked.headers["accept-encoding"] == nil)
    }

    @Test(arguments: [0, 1, 100_000, 2_000_000])
    func aBodyOfAnySizeArrives(count: Int) async throws {
        let provider = try Provider()
        provider.answer("/")
        let body = [UInt8](repeating: 0x61, count: count)
        let request = OutboundRequest(.post, try OutboundEndpoint(provider.url("/")), body: body, deadlineMillis: 5_000)
        #expect(try await client.ask(request).get().status == 200)
        let asked = try provider.log().requests[0]
        #expect(asked.method == "POST" && asked.body.utf8.count == count && asked.headers["expect"] == nil)
    }

    @Test func aConnectionIsKept() async throws {
        let provider = try Provider()
        provider.answer("/", 200, "x")
        for _ in 0..<20 { #expect(try await client.get(provider.url("/")).text == "x") }
        #expect(try provider.log().connections == 1)
    }

    @Test func aUnixSocketIsAsked() async throws {
        let provider = try Provider(.unix)
        provider.answer("/v1/data", 200, "from the socket")
        #expect(try await client.get("unix:\(provider.socketPath):/v1/data").text == "from the socket")
        #expect(try provider.log().requests[0].headers["host"] == "localhost")
        #expect(try await client.get("unix:/nonexistent.sock:/x").fault == .notConnected)
    }

    /// Nobody's value becomes a second field, or another request.
    @Test(arguments: [
        ("X-A", "a\r\nX-B: b"), ("X-A", "a\nb"), ("X-A", "a\0b"), ("X-A", "a\u{7F}"), ("X-A: b\r\nX-B", "c"),
        ("X A", "b"), ("", "b"), ("X:", "b"), ("é", "b"),
    ])
    func aFieldIsOneField(name: String, value: String) async throws {
        let provider = try Provider()
        let request = OutboundRequest(
            .get, try OutboundEndpoint(provider.url("/")), fields: [.init(name, value)], deadlineMillis: 5_000)
        #expect(await client.ask(request).fault == .invalidRequest)
        #expect(try provider.log().requests.isEmpty)
    }

    @Test func otherMethodsAreNotSpoken() async throws {
        let endpoint = try OutboundEndpoint("http://127.0.0.1:1/")
        #expect(await client.ask(OutboundRequest(.delete, endpoint, deadlineMillis: 100)).fault == .invalidRequest)
    }

    @Test func printingARequestShowsNothing() throws {
        let request = OutboundRequest(
            .post, try OutboundEndpoint("https://example/?key=hunter2"),
            fields: [.init("Authorization", "Basic hunter2")], body: [UInt8]("hunter2".utf8), deadlineMillis: 1)
        var dumped = ""
        dump(request, to: &dumped)
        for text in ["\(request)", String(reflecting: request), dumped] {
            #expect(!text.contains("hunter2") && !text.contains("104"))
        }
    }

    @Test func whatWasDoneIsCounted() async throws {
        let provider = try Provider()
        provider.answer("/", 200)
        provider.answer("/away", 302, headers: ["Location": "/"])
        _ = try await client.get(provider.url("/"))
        _ = try await client.get(provider.url("/away"))
        let counters = client.counters
        #expect(counters.succeeded == 1 && counters.pending == 0)
        #expect(counters.failed.reduce(0, +) == 1)
        #expect(OutboundFault.allCases.firstIndex(of: .redirected).map { counters.failed[$0] } == 1)
    }

    @Test func timersFireInTime() async throws {
        let fired = Arrivals<String>()
        let late = client.makeTimer { fired.append("late") }
        let early = client.makeTimer { fired.append("early") }
        let never = client.makeTimer { fired.append("never") }
        let moved = client.makeTimer { fired.append("moved") }
        let now = monotonicNow()
        late.set(at: now + 100_000_000)
        early.set(at: now + 50_000_000)
        never.set(at: now + 60_000_000)
        never.set(at: nil)
        moved.set(at: now + 3_600_000_000_000)
        moved.set(at: 0)
        #expect(await fired.wait { $0.count == 3 })
        #expect(fired.all == ["moved", "early", "late"])
        withExtendedLifetime((late, early, never, moved)) {}
    }

    @Test func aTimerThatIsLetGoOfDoesNotFire() async throws {
        let fired = Arrivals<Int>()
        var timer: OutboundTimer? = client.makeTimer { fired.append(1) }
        timer?.set(at: monotonicNow() + 50_000_000)
        timer = nil
        let other = client.makeTimer { fired.append(2) }
        other.set(at: monotonicNow() + 100_000_000)
        #expect(await fired.wait { !$0.isEmpty })
        #expect(fired.all == [2])
    }
}
