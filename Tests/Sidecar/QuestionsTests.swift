import Bytes
import NIOEmbedded
import Testing

@testable import Sidecar

@Suite struct QuestionsTests {
    private func key(_ number: UInt64, _ gate: Gate) -> Questions.Key {
        Questions.Key(Digest256(number, 0, 0, 0), gate)
    }

    private func gate() throws -> Gate { try Gate(try CheckPort.snapshot(CheckPort.demo), services: nil) }

    @Test func oneAsksAndTheRestWaitBehindIt() throws {
        let questions = Questions(eventLoop: EmbeddedEventLoop(), limit: 8)
        let (gate, owners) = (try gate(), (0..<3).map { _ in Bystander() })
        #expect(questions.join(key(1, gate), owners[0]) == .first)
        #expect(questions.join(key(1, gate), owners[1]) == .behind)
        #expect(questions.join(key(2, gate), owners[2]) == .first)
        #expect(questions.waiting == 3)
        #expect(questions.end(key(1, gate)).map { ObjectIdentifier($0) } == owners[0..<2].map { ObjectIdentifier($0) })
        #expect(questions.waiting == 1)
        // An answer that comes twice finds nobody.
        #expect(questions.end(key(1, gate)).isEmpty)
        #expect(questions.waiting == 1)
        #expect(questions.join(key(1, gate), owners[0]) == .first)
    }

    /// Under another configuration the same credential is another question.
    @Test func aQuestionBelongsToItsConfiguration() throws {
        let questions = Questions(eventLoop: EmbeddedEventLoop(), limit: 8)
        let (old, new) = (try gate(), try gate())
        #expect(questions.join(key(1, old), Bystander()) == .first)
        #expect(questions.join(key(1, new), Bystander()) == .first)
        #expect(questions.end(key(1, old)).count == 1)
        #expect(questions.waiting == 1)
    }

    @Test func noMoreWaitThanMay() throws {
        let questions = Questions(eventLoop: EmbeddedEventLoop(), limit: 2)
        let gate = try gate()
        #expect(questions.join(key(1, gate), Bystander()) == .first)
        #expect(questions.takeWaiter())
        #expect(!questions.takeWaiter())
        #expect(questions.join(key(1, gate), Bystander()) == .full)
        #expect(questions.join(key(2, gate), Bystander()) == .full)
        questions.release(waiters: 1)
        #expect(questions.join(key(1, gate), Bystander()) == .behind)
        #expect(questions.end(key(1, gate)).count == 2)
        #expect(questions.waiting == 0)
    }

    @Test func aFloodOfOneCredentialIsOneQuestionAndTheRestIsBounded() throws {
        let vouch = TestAuthenticator()
        let port = try CheckPort(
            TestAuthenticator.yaml(rest: "bounds: {cold_checks: 5}"), authenticators: [vouch])
        let others = try (0..<7).map { _ in try port.connectAnother() }
        var waiting: [CheckPort] = []
        for other in others {
            let answer = try other.ask("GET /envoy/any", ["Authorization: Bearer one-credential"])
            guard answer.text.isEmpty else {
                #expect(answer.status == 403)
                #expect(answer.body.contains("\"undecidable\""))
                continue
            }
            waiting.append(other)
        }
        #expect(waiting.count == 5)
        #expect(vouch.attempts.count == 1)
        #expect(port.worker.authentication.counters.full == 2)
        vouch.answer(TestAuthenticator.identified(roles: []))
        port.channel.embeddedEventLoop.run()
        for port in waiting { #expect(Answer(try port.received()).status == 200) }
        #expect(port.worker.authentication.questions.waiting == 0)
    }
}
