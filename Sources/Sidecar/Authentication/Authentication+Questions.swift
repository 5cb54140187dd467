import Bytes
import Configuration
import Credentials
import Domain
import HTTPWire
import NIOCore

/// Credentials that somebody else judges: an introspection endpoint, an external authenticator, one compiled in.
extension Authentication {
    /// Who it is, as the one who was asked says.
    struct Answer {
        var principal: Principal
        var goodUntil: Int64
        var certificateThumbprint: Digest256?
        var dpopThumbprint: Digest256?
    }

    func ask(
        _ provider: AuthSettings.Provider, _ check: Check, _ bytes: borrowing Span<UInt8>, at now: Int64
    ) -> Step {
        let question = Question(provider, check, bytes, at: now, sha256)
        let digest = question.digest
        if let step = remembered(digest, check, bytes, at: now) { return step }
        if let refusal = throttled(check) { return .refused(refusal) }
        let key = Questions.Key(digest, check.gate)
        switch questions.join(key, check.owner) {
        case .full:
            counters.full &+= 1
            return .refused(undecidable(check, fault: "too_many_cold_checks"))
        case .behind:
            counters.waited &+= 1
            return .waiting
        case .first: break
        }
        counters.waited &+= 1
        let (gate, address) = (check.gate, check.request.address)
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        question.ask(bytes.extracting(check.presented.credential.bounds), gate, on: eventLoop) { result in
            bound.value.answered(key, question, gate, address, result)
        }
        return .waiting
    }

    /// Remembers the answer, and tells everybody who asked.
    private func answered(
        _ key: Questions.Key, _ question: Question, _ gate: Gate, _ address: ClientAddress,
        _ result: Result<Answer, Refusal>
    ) {
        let now = Clock.wallSeconds()
        let verdict = result.flatMap { answer in credential(answer, gate) }
        switch verdict {
        case .success(let credential):
            remember(credential, as: question.digest, under: gate, at: now)
        case .failure(let refusal) where refusal.isUndecidable: counters.undecidable &+= 1
        case .failure(let refusal):
            if gate === self.gate {
                refused.remember(refusal, as: question.digest, until: now + question.refusedSeconds, now: now)
            }
            throttle.failed(from: address, owner(of: address.network))
        }
        for owner in questions.end(key) { owner.credentialAnswered(verdict) }
    }

    private func credential(_ answer: Answer, _ gate: Gate) -> Result<VerifiedCredential, Refusal> {
        do throws(Refusal) {
            return .success(
                VerifiedCredential(
                    try gate.identify(answer.principal, sha256), goodUntil: answer.goodUntil,
                    certificateThumbprint: answer.certificateThumbprint, dpopThumbprint: answer.dpopThumbprint,
                    dpop: .accept))
        } catch {
            return .failure(error)
        }
    }

    /// What an answer means for one of the checks that waited for it: a bound token needs what it is bound to.
    func accept(
        _ answer: Result<VerifiedCredential, Refusal>, _ check: Check, _ bytes: borrowing Span<UInt8>, at now: Int64
    ) -> Result<Identity, Refusal> {
        switch answer {
        case .failure(let refusal): return .failure(refusal)
        case .success(let credential):
            if let refusal = bindingRefusal(credential, check, bytes, at: now) { return .failure(refusal) }
            return .success(credential.identity)
        }
    }
}
