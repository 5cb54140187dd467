import Domain
import NIOCore
import NIOEmbedded
import Telemetry
import Testing

@testable import Sidecar

@Suite struct ConnectionTests {
    private let allowed = "GET /envoy/health HTTP/1.1\r\nHost: a\r\n\r\n"
    private let denied = "GET /envoy/invoke HTTP/1.1\r\nHost: a\r\n\r\n"

    private func statuses(_ text: String) -> [String] {
        text.split(separator: "HTTP/1.1 ").map { String($0.prefix(3)) }
    }

    @Test func answersPipelinedRequestsInOrder() throws {
        let text = try CheckPort().send(allowed + denied + allowed)
        #expect(statuses(text) == ["200", "401", "200"])
    }

    @Test func answersARequestThatArrivesByteByByte() throws {
        let port = try CheckPort()
        var text = ""
        for byte in allowed + denied { text += try port.send(String(byte == "\r\n" ? "\r\n" : byte)) }
        #expect(statuses(text) == ["200", "401"])
    }

    @Test func readsPastBodiesOfEitherFraming() throws {
        let sized = "POST /envoy/health HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
        let chunked =
            "POST /envoy/health HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
        #expect(statuses(try CheckPort().send(sized + chunked + denied)) == ["200", "200", "401"])
        let port = try CheckPort()
        var text = ""
        for byte in Array((sized + chunked + denied).utf8) {
            text += try port.send(String(decoding: [byte], as: UTF8.self))
        }
        #expect(statuses(text) == ["200", "200", "401"])
    }

    @Test func asksForABodyThatWaitsToBeAsked() throws {
        let port = try CheckPort()
        let head = "POST /envoy/health HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
        #expect(try port.send(head) == "HTTP/1.1 100 Continue\r\n\r\n")
        #expect(statuses(try port.send("ok")) == ["200"])
        // A body that is there already was not waiting.
        #expect(statuses(try port.send(head + "ok")) == ["200"])
    }

    @Test func aHeadAnswerHasNoBodyBytes() throws {
        let answer = Answer(try CheckPort().send("HEAD /envoy/invoke HTTP/1.1\r\nHost: a\r\n\r\n"))
        #expect(answer.status == 401)
        #expect(answer.body.isEmpty)
        #expect(answer["Content-Length"] != "0")
    }

    @Test func oldClientsAreClosedUnlessTheyAskNotToBe() throws {
        let port = try CheckPort()
        let kept = Answer(try port.send("GET /envoy/health HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"))
        #expect(kept["Connection"] == "keep-alive")
        let closed = Answer(try port.send("GET /envoy/health HTTP/1.0\r\n\r\n"))
        #expect(closed["Connection"] == "close")
        #expect(try port.send(allowed).isEmpty)
    }

    @Test(arguments: [
        "GET /envoy/health HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "GET /envoy/health HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "GET /envoy/health HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n",
        "GET /envoy/health HTTP/1.1\r\nHost: a\r\n b\r\n\r\n",
        "GET /envoy/health HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n", "GET /envoy/health HTTP/1.1\r\nHost : a\r\n\r\n",
    ])
    func refusesAmbiguousFramingAndCloses(_ request: String) throws {
        let port = try CheckPort()
        let answer = Answer(try port.send(request + allowed))
        #expect(answer.status == 400)
        #expect(answer["Connection"] == "close")
        #expect(statuses(answer.text).count == 1)
        #expect(try port.send(allowed).isEmpty)
    }

    @Test func holdsHeadsAndBodiesToTheirBounds() throws {
        let long = "GET /envoy/health HTTP/1.1\r\nHost: a\r\nX: " + String(repeating: "a", count: 70_000)
        #expect(Answer(try CheckPort().send(long)).status == 431)
        let many = (0..<200).map { "X-\($0): a\r\n" }.joined()
        #expect(Answer(try CheckPort().send("GET /envoy/health HTTP/1.1\r\nHost: a\r\n\(many)\r\n")).status == 431)
        let body = "POST /envoy/health HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\nExpect: 100-continue\r\n\r\n"
        #expect(Answer(try CheckPort().send(body)).status == 413)
    }

    @Test func drainingAnswersAndCloses() throws {
        let port = try CheckPort()
        #expect(Answer(try port.send(allowed))["Connection"] == nil)
        port.worker.drain()
        #expect(Answer(try port.send(allowed))["Connection"] == "close")
        #expect(try port.send(allowed).isEmpty)
    }

    private let charged = "GET /envoy/invoke HTTP/1.1\r\nHost: a\r\n\(CheckPort.key)\r\n\r\n"

    @Test func pipelinedRequestsWaitForTheStoreInOrder() throws {
        let port = try CheckPort(hasSlowStore: true)
        try port.channel.writeInbound(ByteBuffer(string: charged + denied + charged))
        #expect(try port.received().isEmpty)
        port.channel.embeddedEventLoop.run()
        #expect(statuses(try port.received()) == ["200", "401", "200"])
    }

    /// The proxy gives up while Redis is still thinking: the answer must find nobody, and not a freed connection.
    @Test func aConnectionThatClosesWhileTheStoreThinksIsNotMissed() throws {
        let port = try CheckPort(hasSlowStore: true)
        let other = try port.connectAnother()
        try other.channel.writeInbound(ByteBuffer(string: charged))
        other.channel.close(promise: nil)
        port.channel.embeddedEventLoop.run()
        #expect(port.worker.connections.count == 1)
        try port.channel.writeInbound(ByteBuffer(string: charged))
        port.channel.embeddedEventLoop.run()
        // The first check was spent, though nobody heard of it.
        #expect(Answer(try port.received())["X-RateLimit-Remaining"] == "1")
    }

    @Test func aConnectionNearTheBoundIsClosedWithItsAnswer() throws {
        let yaml = CheckPort.demo + "\nbounds: {connections: 8}\n"
        let port = try CheckPort(yaml)
        for _ in 0..<6 { try port.connectAnother() }
        #expect(Answer(try port.send(allowed))["Connection"] == nil)
        let last = try port.connectAnother()
        #expect(Answer(try last.send(allowed))["Connection"] == "close")
    }

    @Test func aSurplusConnectionIsRefusedInWords() throws {
        let answer = Answer(try CheckPort(isSurplus: true).send(allowed))
        // Through Envoy a 503 would be the proxy's own failure mode, which a crowd must not be able to choose.
        #expect(answer.status == 403)
        #expect(answer.body.contains("overloaded"))
        #expect(answer["Connection"] == "close")
    }

    @Test func countsWhatItAnswers() throws {
        let port = try CheckPort()
        _ = try port.send(allowed + denied)
        #expect(port.worker.metrics.count(.allow, dialect: .envoy) == 1)
        #expect(port.worker.metrics.count(.deny(.noCredential), dialect: .envoy) == 1)
        #expect(port.worker.metrics.connectionsOpen == 1)
        try port.channel.close().wait()
        #expect(port.worker.metrics.connectionsOpen == 0)
    }

    /// The slot is reused: what one check spent must not be seen again in the next, which spends nothing.
    @Test func aDenialBehindASpendHasNoReadingsOfIt() throws {
        let port = try CheckPort()
        #expect(try port.ask("GET /envoy/invoke", [CheckPort.key]).status == 200)
        let denied = try port.ask("GET /envoy/admin/x", [CheckPort.key])
        #expect(denied.status == 403)
        #expect(denied["RateLimit"] == nil)
        #expect(try port.ask("GET /envoy/invoke", [CheckPort.key]).status == 200)
    }

    @Test func idleConnectionsAreClosedAndDawdlingHeadsAreTold() throws {
        let idle = try CheckPort()
        idle.worker.sweep(at: Clock.monotonic() + 3_701_000_000_000)
        #expect(!idle.channel.isActive)
        let slow = try CheckPort()
        _ = try slow.send("GET /envoy/hea")
        slow.worker.sweep(at: Clock.monotonic() + 11_000_000_000)
        #expect(Answer(try slow.received()).status == 408)
    }
}
