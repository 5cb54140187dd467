import Bytes
import Credentials
import Domain
import HTTPWire
import NIOCore
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
            let step = worker.pipeline.goOn(check, bytes.readableBytesUInt8Span, now, with: answer)
            take(step, at: Clock.monotonic())
        }
    }

    func keysAnswered() {
        resume {
            let (bytes, now) = (request, Clock.wallSeconds())
            let step = worker.pipeline.identify(check, bytes.readableBytesUInt8Span, now)
            take(step, at: Clock.monotonic())
        }
    }

    func authorizationAnswered(_ answer: DenyReason?) {
        resume { take(worker.pipeline.goOn(check, afterAuthorization: answer), at: Clock.monotonic()) }
    }

    /// Where the proxy has gone there is nobody to tell: what was spent is spent, and what was learned is remembered.
    func resume(_ step: () -> Void) {
        untilAnswered = nil
        guard context != nil else { return }
        step()
        if case .waiting = phase { return }
        advance()
        flush()
    }

    /// What the check's ranges lie in. Names the same storage: nothing is copied.
    var request: ByteBuffer { check.request.dialect == .json ? documentHead : inbound }

    /// The client's certificate, where this connection's TLS asked for one: verified by the handshake, which is over
    /// when the first request is there.
    func readPeerCertificate() {
        guard listener.asksForCertificates, peerCertificate == nil, let context,
            let handler = try? context.pipeline.syncOperations.handler(type: NIOSSLServerHandler.self),
            let certificate = handler.peerCertificate
        else { return }
        let der = (try? certificate.toDERBytes()) ?? []
        do throws(CertificateFault) {
            peerCertificate = .success(PresentedCertificate(try ClientCertificate(der: der.span)))
        } catch {
            peerCertificate = .failure(error)
        }
    }
}
