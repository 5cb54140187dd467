import Domain
import Outbound
import Testing

/// What happens at each bound, and at the end.
@Suite(.enabled(if: Provider.isExpected, "python3 is not installed"))
struct OutboundBoundsTests {
    private func send(_ client: OutboundClient, _ url: String, millis: Int, to answers: Arrivals<Answer>) throws {
        let request = OutboundRequest(.get, try OutboundEndpoint(url), deadlineMillis: millis)
        client.send(request) { answers.append($0) }
    }

    @Test func aFullQueueRefusesAtOnce() async throws {
        let provider = try Provider()
        provider.misbehave("/", "silent")
        provider.answer("/good", 200, "x")
        let client = OutboundClient(bounds: OutboundBounds(requestsMax: 3))
        let answers = Arrivals<Answer>()
        for _ in 0..<3 { try send(client, provider.url("/"), millis: 300, to: answers) }
        #expect(client.counters.pending == 3)
        let refused = Arrivals<Answer>()
        try send(client, provider.url("/"), millis: 300, to: refused)
        #expect(refused.all.map(\.fault) == [.queueFull])
        #expect(await answers.wait { $0.count == 3 })
        #expect(answers.all.allSatisfy { $0.fault == .deadline })
        #expect(client.counters.pending == 0)
        #expect(try await client.get(provider.url("/good")).text == "x")
    }

    /// More requests than connections: they wait for one another, and none is forgotten.
    @Test func connectionsToOneServerAreBounded() async throws {
        let provider = try Provider()
        provider.answer("/", 200, "x", delay: 0.01)
        let client = OutboundClient(bounds: OutboundBounds(connectionsPerHostMax: 4))
        let answers = Arrivals<Answer>()
        for _ in 0..<400 { try send(client, provider.url("/"), millis: 20_000, to: answers) }
        #expect(await answers.wait { $0.count == 400 })
        #expect(answers.all.allSatisfy { $0.text == "x" })
        let log = try provider.log()
        #expect(log.requests.count == 400 && log.most <= 4)
    }

    @Test func connectionsInAllAreBounded() async throws {
        let providers = [try Provider(), try Provider(), try Provider()]
        let client = OutboundClient(bounds: OutboundBounds(connectionsMax: 2))
        let answers = Arrivals<Answer>()
        for provider in providers {
            provider.answer("/", 200, "x", delay: 0.02)
            for _ in 0..<20 { try send(client, provider.url("/"), millis: 20_000, to: answers) }
        }
        #expect(await answers.wait { $0.count == 60 })
        #expect(answers.all.allSatisfy { $0.text == "x" })
        for provider in providers { #expect(try provider.log().most <= 2) }
    }

    /// Waiting for a connection is part of the deadline.
    @Test func aRequestThatWaitsForAConnectionHasADeadlineToo() async throws {
        let provider = try Provider()
        provider.misbehave("/", "silent")
        let client = OutboundClient(bounds: OutboundBounds(connectionsPerHostMax: 1))
        let first = Arrivals<Answer>()
        let second = Arrivals<Answer>()
        try send(client, provider.url("/"), millis: 60_000, to: first)
        try send(client, provider.url("/"), millis: 100, to: second)
        #expect(await second.wait { $0.count == 1 })
        #expect(second.all.map(\.fault) == [.deadline])
        #expect(first.all.isEmpty)
        client.close()
    }

    @Test func closingFailsWhatIsPending() async throws {
        let provider = try Provider()
        provider.misbehave("/", "silent")
        let client = OutboundClient()
        let answers = Arrivals<Answer>()
        for _ in 0..<10 { try send(client, provider.url("/"), millis: 60_000, to: answers) }
        try await Task.sleep(nanoseconds: 50_000_000)
        client.close()
        #expect(answers.all.count == 10 && answers.all.allSatisfy { $0.fault == .closed })
        try send(client, provider.url("/"), millis: 60_000, to: answers)
        #expect(answers.all.last?.fault == .closed)
        client.close()
    }

    /// From a completion, which is on the thread that would be waited for.
    @Test func theOutboundThreadMayCloseItsClient() async throws {
        let provider = try Provider()
        provider.answer("/", 200)
        let client = OutboundClient()
        let done = Arrivals<Int>()
        let request = OutboundRequest(.get, try OutboundEndpoint(provider.url("/")), deadlineMillis: 5_000)
        client.send(request) { _ in
            client.close()
            done.append(1)
        }
        #expect(await done.wait { !$0.isEmpty })
        #expect(await client.ask(request).fault == .closed)
    }

    @Test func manyThreadsMaySend() async throws {
        let provider = try Provider()
        provider.answer("/", 200, "x")
        let client = OutboundClient()
        let url = provider.url("/")
        try await withThrowingTaskGroup(of: Answer.self) { group in
            for _ in 0..<200 { group.addTask { try await client.get(url, millis: 20_000) } }
            for try await answer in group { #expect(answer.text == "x") }
        }
    }
}
