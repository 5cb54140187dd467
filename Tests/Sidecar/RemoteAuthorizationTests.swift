import Bytes
import Configuration
import Domain
import NIOEmbedded
import Testing

@testable import Credentials
@testable import Sidecar

/// The authorization service's word, as far as no service is needed to hear it.
@Suite struct RemoteAuthorizationTests {
    private func gate(_ onFailure: String = "deny", cacheSeconds: Int = 10) throws -> Gate {
        let section =
            "authorization: {external: \"http://127.0.0.1:1/may\", cache_seconds: \(cacheSeconds), "
            + "on_failure: \(onFailure)}"
        return try Gate(try CheckPort.snapshot(CheckPort.demo + "\n" + section), services: nil)
    }

    private func answer(
        _ authorization: RemoteAuthorization, under gate: Gate, _ verdict: RemoteVerdict<ExternalDecision>
    ) throws {
        let settings = try #require(gate.snapshot.settings.authorization)
        let key = Questions.Key(Digest256(1, 2, 3, 4), gate)
        authorization.answered(key, gate, settings, verdict)
    }

    @Test func remembersAsLongAsTheConfigurationAndTheAnswerAllow() throws {
        for (most, said, count) in [(10, 5, 1), (10, nil, 1), (0, 5, 0), (0, nil, 0), (10, 0, 0)] {
            let gate = try gate(cacheSeconds: most)
            let authorization = RemoteAuthorization(eventLoop: EmbeddedEventLoop(), gate, coldChecksMax: 1)
            let decision = ExternalDecision(isAllowed: true, cacheSeconds: said.map { Int64($0) })
            try answer(authorization, under: gate, .accepted(decision))
            #expect(authorization.remembered.count == count)
        }
    }

    /// The service may be another one by now: what the old one said late is not the new one's word.
    @Test func anAnswerUnderAnOldConfigurationIsNotRememberedUnderANewOne() throws {
        let (old, new) = (try gate(), try gate())
        let authorization = RemoteAuthorization(eventLoop: EmbeddedEventLoop(), old, coldChecksMax: 1)
        try answer(authorization, under: old, .accepted(ExternalDecision(isAllowed: true)))
        #expect(authorization.remembered.count == 1)
        authorization.install(new)
        #expect(authorization.remembered.count == 0)
        try answer(authorization, under: old, .accepted(ExternalDecision(isAllowed: true)))
        #expect(authorization.remembered.count == 0)
        try answer(authorization, under: new, .accepted(ExternalDecision(isAllowed: true)))
        #expect(authorization.remembered.count == 1)
    }

    @Test func silenceIsCountedAndNotRemembered() throws {
        for rule in ["deny", "defer", "allow"] {
            let gate = try gate(rule)
            let authorization = RemoteAuthorization(eventLoop: EmbeddedEventLoop(), gate, coldChecksMax: 1)
            try answer(authorization, under: gate, .undecidable(.notJSON))
            #expect(authorization.remembered.count == 0)
            #expect(authorization.undecided == 1)
        }
    }
}
