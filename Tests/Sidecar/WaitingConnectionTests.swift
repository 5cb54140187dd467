import Domain
import NIOCore
import NIOEmbedded
import Testing

@testable import Sidecar

/// A check that waits for somebody's word about its credential, and what may happen meanwhile.
@Suite struct WaitingConnectionTests {
    private let vouch = TestAuthenticator()

    private func port(_ rest: String = "") throws -> CheckPort {
        try CheckPort(TestAuthenticator.yaml(rest: rest), authenticators: [vouch])
    }

    private func request(_ path: String, _ credential: String? = "a-credential-of-yours") -> String {
        let line = credential.map { "Authorization: Bearer \($0)\r\n" } ?? ""
        return "GET /envoy\(path) HTTP/1.1\r\nHost: agent.example\r\n\(line)\r\n"
    }

    private func statuses(_ text: String) -> [String] {
        text.split(separator: "HTTP/1.1 ").map { String($0.prefix(3)) }
    }

    @Test func whatIsPipelinedBehindItWaitsInOrder() throws {
        let port = try port()
        let requests = request("/invoke") + request("/health", nil) + request("/any", nil) + request("/any")
        #expect(try port.send(requests).isEmpty)
        // Nothing behind it has begun.
        #expect(vouch.attempts.count == 1)
        vouch.answer(TestAuthenticator.identified())
        #expect(statuses(try port.settled().text) == ["200", "200", "401", "200"])
        #expect(vouch.attempts.count == 1)
    }

    /// What arrives while it waits may move the buffer that its ranges lie in.
    @Test func bytesThatArriveMeanwhileDisturbNothing() throws {
        let port = try port()
        #expect(try port.send(request("/invoke")).isEmpty)
        for _ in 0..<200 { #expect(try port.send(request("/any", nil)).isEmpty) }
        vouch.answer(TestAuthenticator.identified())
        let text = try port.settled().text
        #expect(statuses(text) == ["200"] + Array(repeating: "401", count: 200))
        #expect(text.contains("X-Auth-User-Id: bob"))
    }

    @Test func twoWaitsInARowAreTwoAnswers() throws {
        let port = try port()
        #expect(try port.send(request("/any", "first-credential") + request("/any", "second-credential")).isEmpty)
        vouch.answer(TestAuthenticator.identified("first"))
        #expect(try port.settled()["X-Auth-User-Id"] == "first")
        #expect(vouch.attempts.count == 2)
        vouch.answer(TestAuthenticator.identified("second"))
        #expect(try port.settled()["X-Auth-User-Id"] == "second")
    }

    /// First for the credential, then for the limits.
    @Test func mayWaitForTheStoreAfterwards() throws {
        let port = try CheckPort(TestAuthenticator.yaml(), hasSlowStore: true, authenticators: [vouch])
        #expect(try port.send(request("/invoke") + request("/invoke")).isEmpty)
        vouch.answer(TestAuthenticator.identified())
        let text = try port.settled().text
        #expect(statuses(text) == ["200", "200"])
        #expect(text.contains("X-RateLimit-Remaining: 1"))
    }

    @Test func aConnectionThatClosesMeanwhileIsNotMissedAndWhatWasLearnedStays() throws {
        let port = try port()
        let other = try port.connectAnother()
        #expect(try other.send(request("/invoke")).isEmpty)
        other.channel.close(promise: nil)
        port.channel.embeddedEventLoop.run()
        #expect(port.worker.connections.count == 1)
        // Another waits for the same word.
        #expect(try port.send(request("/any")).isEmpty)
        #expect(vouch.attempts.count == 1)
        vouch.answer(TestAuthenticator.identified())
        #expect(try port.settled().status == 200)
        #expect(try other.received().isEmpty)
        #expect(try Answer(port.send(request("/any"))).status == 200)
        #expect(vouch.attempts.count == 1)
        #expect(port.worker.authentication.questions.waiting == 0)
    }

    @Test func aConnectionIsLetGoOfOnceItsAnswerHasCome() throws {
        let port = try port()
        weak var connection: CheckConnection?
        do {
            let other = try port.connectAnother()
            connection = try other.channel.pipeline.syncOperations.handler(type: CheckHandler.self).connection
            _ = try other.send(request("/any"))
            _ = try other.channel.finish()
        }
        #expect(connection != nil)
        vouch.answer(TestAuthenticator.identified())
        port.channel.embeddedEventLoop.run()
        #expect(connection == nil)
    }

    /// It is answered under the configuration it began under; the next is asked about anew.
    @Test func aReloadMeanwhileChangesNothingForIt() throws {
        let port = try port()
        #expect(try port.send(request("/invoke") + request("/invoke")).isEmpty)
        try port.install(TestAuthenticator.yaml().replacing("permissions: [invoke]}]", with: "permissions: []}]"))
        vouch.answer(TestAuthenticator.identified())
        let first = try port.settled()
        #expect(first.status == 200)
        #expect(first["X-Auth-Permissions"] == "invoke")
        // The second began after it.
        #expect(vouch.attempts.count == 2)
        vouch.answer(TestAuthenticator.identified())
        let second = try port.settled()
        #expect(second.status == 403)
        #expect(second.body.contains("\"permission_missing\""))
    }

    @Test func aDrainThatBeganMeanwhileIsHeard() throws {
        let port = try port()
        #expect(try port.send(request("/any")).isEmpty)
        port.worker.drain()
        #expect(port.worker.load.busy == 1)
        vouch.answer(TestAuthenticator.identified())
        #expect(try port.settled()["Connection"] == "close")
    }

    @Test func theSweepLeavesItAlone() throws {
        let port = try port()
        #expect(try port.send(request("/any")).isEmpty)
        port.worker.sweep(at: Clock.monotonic() + 10_000_000_000_000)
        #expect(port.channel.isActive)
        vouch.answer(TestAuthenticator.identified())
        #expect(try port.settled().status == 200)
    }

    @Test func aDocumentMayWaitToo() throws {
        let port = try port()
        func document(_ credential: String) -> String {
            let text = #"{"method":"GET","path":"/any","headers":{"authorization":"Bearer \#(credential)"}}"#
            return "POST /v1/check HTTP/1.1\r\nHost: a\r\nContent-Length: \(text.utf8.count)\r\n\r\n\(text)"
        }
        #expect(try port.send(document("first-credential") + document("second-credential")).isEmpty)
        vouch.answer(TestAuthenticator.identified("first"))
        #expect(try port.settled().body.contains("\"X-Auth-User-Id\":\"first\""))
        vouch.answer(TestAuthenticator.identified("second"))
        #expect(try port.settled().body.contains("\"X-Auth-User-Id\":\"second\""))
    }
}
