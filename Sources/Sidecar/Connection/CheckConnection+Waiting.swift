import Bytes
import Credentials
import Domain
import HTTPWire
import NIOSSL

/// A check that had to wait goes on where it stopped: its head still lies at the front of its buffer.
extension CheckConnection: CheckOwner {
    func storeAnswered() {
        resume {
            Verdict.fold(check)
            finish()
        }
    }

    func credentialAnswered(_ answer: Result<VerifiedCredential, Refusal>) {
        resume {
            let (bytes, now) = (request, Clock.wallSeconds())
            let step = worker.pipeline.goOn(check, bytes.span, now, with: answer)
            take(step, at: Clock.monotonic())
        }
    }

    func keysAnswered() {
        resume {
            let (bytes, now) = (request, Clock.wallSeconds())
            let step = worker.pipeline.identify(check, bytes.span, now)
            take(step, at: Clock.monotonic())
        }
    }

    func authorizationAnswered(_ answer: DenyReason?) {
        resume { take(worker.pipeline.goOn(check, afterAuthorization: answer), at: Clock.monotonic()) }
    }

    /// Where the proxy has gone there is nobody to tell: what was spent is spent, and what was learned is remembered.
    func resume(_ step: () -> Void) {
        untilAnswered = nil
        guard transport.isOpen else { return }
        step()
        if case .waiting = phase { return }
        advance()
        worker.settle()
    }

    /// What the check's ranges lie in.
    var request: UnsafeBufferPointer<UInt8> { (check.request.dialect == .json ? documentHead : inbound).bytes }

    /// The client's certificate, where this connection's TLS asked for one: verified by the handshake, which is over
    /// when the first request is there.
    func readPeerCertificate() {
        guard listener.asksForCertificates, peerCertificate == nil, let certificate = transport.peerCertificate else {
            return
        }
        let der = (try? certificate.toDERBytes()) ?? []
        do throws(CertificateFault) {
            peerCertificate = .success(PresentedCertificate(try ClientCertificate(der: der.span)))
        } catch {
            peerCertificate = .failure(error)
        }
    }
}
