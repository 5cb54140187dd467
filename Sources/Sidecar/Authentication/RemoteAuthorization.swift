import Bytes
import Configuration
import Credentials
import Domain
import NIOCore
import Outbound

/// The authorization service's word on requests that the routes let pass, one worker's side of it: asked once for
/// equal questions, remembered for as long as the configuration and the answer allow, and what its silence means.
final class RemoteAuthorization {
    enum Answer {
        /// Nil allows.
        case decided(DenyReason?)
        /// The check's owner will be told.
        case waiting
    }

    private let eventLoop: any EventLoop
    private let sha256 = SHA256()
    private let questions: Questions
    /// What new checks are judged by; older ones neither read nor write what is remembered.
    private var gate: Gate
    private(set) var remembered = CredentialCache<Bool>(capacity: RemoteAuthorization.rememberedMax)
    private(set) var undecided: UInt64 = 0

    /// Answers remembered per worker.
    private static let rememberedMax = 4_096

    init(eventLoop: any EventLoop, _ gate: Gate, coldChecksMax: Int) {
        self.eventLoop = eventLoop
        self.gate = gate
        questions = Questions(eventLoop: eventLoop, limit: coldChecksMax)
    }

    /// What was remembered was remembered under another configuration.
    func install(_ gate: Gate) {
        self.gate = gate
        remembered.removeAll()
    }

    func ask(_ check: Check, _ identity: Identity, _ bytes: borrowing Span<UInt8>) -> Answer {
        let gate = check.gate
        guard let settings = gate.snapshot.settings.authorization, let client = gate.providers.authorizer else {
            return .decided(nil)
        }
        let now = Clock.wallSeconds()
        let request = ExternalRequest(check, bytes, headers: settings.headers)
        let digest = self.digest(identity.principal, request)
        if gate === self.gate, let isAllowed = remembered.find(digest, at: now) {
            return .decided(isAllowed ? nil : .externallyForbidden)
        }
        let key = Questions.Key(digest, gate)
        switch questions.join(key, check.owner) {
        case .full: return .decided(silence(settings))
        case .behind: return .waiting
        case .first: break
        }
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        let eventLoop = eventLoop
        let log = gate.providers.log
        client.authorize(identity.principal, request: request) { verdict in
            log?.answered("authorization", verdict.fault)
            eventLoop.execute { bound.value.answered(key, gate, settings, verdict) }
        }
        return .waiting
    }

    /// Remembers the answer, and tells everybody who asked.
    func answered(
        _ key: Questions.Key, _ gate: Gate, _ settings: ExternalAuthorizationSettings,
        _ verdict: RemoteVerdict<ExternalDecision>
    ) {
        let reason: DenyReason?
        switch verdict {
        case .accepted(let decision):
            reason = decision.isAllowed ? nil : .externallyForbidden
            let (now, most) = (Clock.wallSeconds(), Int64(settings.cacheSeconds))
            let seconds = min(most, decision.cacheSeconds ?? most)
            if gate === self.gate {
                remembered.remember(decision.isAllowed, as: key.digest, until: now + seconds, now: now)
            }
        case .refused, .undecidable: reason = silence(settings)
        }
        for owner in questions.end(key) { owner.authorizationAnswered(reason) }
    }

    /// What an answer that does not come means: never quietly an allow, unless the configuration says just that.
    private func silence(_ settings: ExternalAuthorizationSettings) -> DenyReason? {
        undecided &+= 1
        switch settings.onFailure {
        case .deny: return .authorizationUnavailable
        case .defer: return .authorizationDeferred
        case .allow: return nil
        }
    }

    /// Of everything the service is told: what differs in any of it is another question.
    private func digest(_ principal: Principal, _ request: ExternalRequest) -> Digest256 {
        let body = ExternalAuthorization.body(.postern, principal: principal, request: request)
        return sha256.digest(kind: "authorization", value: body.span)
    }
}
