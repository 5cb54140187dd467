import Bytes
import Configuration
import Credentials
import Domain

/// What a credential is bound to, or is: client certificates and DPoP proofs.
extension Authentication {
    /// Mode `mtls`: the certificate is the credential.
    func certificate(_ check: Check, _ bytes: borrowing Span<UInt8>, at now: Int64) -> Step {
        guard let judge = check.gate.providers.certificates else { return .refused(Refusal(.noCredential)) }
        let evidence = check.evidence
        let digest: Digest256
        do throws(CertificateFault) {
            guard let found = try judge.digest(evidence.forwarded, bytes, peer: evidence.peer, sha256) else {
                return .refused(Refusal(nothingShown(check)))
            }
            digest = found
        } catch {
            return .refused(Refusal(error))
        }
        if let step = remembered(digest, check, bytes, at: now) { return step }
        let start = Clock.monotonic()
        if let refusal = throttled(check) ?? exhausted(check, at: start) { return .refused(refusal) }
        defer { worked(since: start) }
        do throws(Refusal) {
            guard let certified = try self.judge(judge, evidence, bytes, at: now) else {
                return .refused(Refusal(.certificateMissing))
            }
            let credential = VerifiedCredential(
                try check.gate.identify(certified.principal, sha256),
                goodUntil: min(certified.goodUntil, now + Authentication.certificateSeconds))
            remember(credential, as: digest, under: check.gate, at: now)
            return .identified(credential.identity)
        } catch {
            let seconds = Authentication.refusedCertificateSeconds
            return .refused(fail(error, digest, check, seconds: seconds, at: now))
        }
    }

    /// Who the certificate that came with a check stands for; nil where none came.
    private func judge(
        _ judge: CertificateJudge, _ evidence: Evidence, _ bytes: borrowing Span<UInt8>, at now: Int64
    ) throws(Refusal) -> CertifiedPrincipal? {
        do throws(CertificateFault) {
            let shown = try judge.certificate(evidence.forwarded, bytes, peer: evidence.peer)
            return try shown.map { (shown) throws(CertificateFault) in try judge.authenticate(shown, at: now).get() }
        } catch {
            throw Refusal(error)
        }
    }

    /// Nobody who could have shown a token is told of certificates alone.
    private func nothingShown(_ check: Check) -> DenyReason {
        check.gate.snapshot.settings.auth.providers == [.mtls] ? .certificateMissing : .noCredential
    }

    /// How long a judged certificate is remembered: no look at the clock or the revocation list is older than this.
    private static let certificateSeconds: Int64 = 60
    private static let refusedCertificateSeconds = 10

    /// Why a token that is good in itself may not be used by whoever shows it here.
    func bindingRefusal(
        _ credential: VerifiedCredential, _ check: Check, _ bytes: borrowing Span<UInt8>, at now: Int64
    ) -> Refusal? {
        if let wanted = credential.certificateThumbprint {
            if let refusal = certificateRefusal(wanted, check, bytes, at: now) { return refusal }
        }
        let isBound = credential.dpopThumbprint != nil
        guard isBound || credential.dpop == .require || check.presented.carrier == .dpop else { return nil }
        guard let thumbprint = credential.dpopThumbprint, credential.dpop != .off else {
            // Not bound where it must be, shown as bound and is not, or bound and nobody here checks proofs.
            return Refusal(TokenRefusal(isBound ? .proofMissing : .proofInvalid))
        }
        return proofRefusal(thumbprint, check, bytes, at: now)
    }

    private func certificateRefusal(
        _ wanted: Digest256, _ check: Check, _ bytes: borrowing Span<UInt8>, at now: Int64
    ) -> Refusal? {
        do throws(CertificateFault) {
            let judge = check.gate.providers.certificates
            guard let shown = try judge?.certificate(check.evidence.forwarded, bytes, peer: check.evidence.peer) else {
                return Refusal(TokenRefusal(.certificateMissing))
            }
            let thumbprint = try judge?.thumbprint(shown, at: now).get()
            return thumbprint == wanted ? nil : Refusal(TokenRefusal(.certificateMismatch))
        } catch {
            return Refusal(error)
        }
    }

    /// The scheme must be DPoP too: a bound token shown as a bearer is a downgrade (RFC 9449 section 7.2).
    private func proofRefusal(
        _ thumbprint: Digest256, _ check: Check, _ bytes: borrowing Span<UInt8>, at now: Int64
    ) -> Refusal? {
        let evidence = check.evidence
        guard check.presented.carrier == .dpop, evidence.proof.count > 0 else {
            return Refusal(TokenRefusal(.proofMissing))
        }
        guard !evidence.isProofRepeated else { return Refusal(TokenRefusal(.proofInvalid)) }
        let start = Clock.monotonic()
        if let refusal = throttled(check) ?? exhausted(check, at: start) { return refusal }
        defer { worked(since: start) }
        counters.verifications &+= 1
        let expectation = DPoPProof.Expectation(
            accessToken: sha256.digest(bytes.extracting(check.presented.credential.bounds)), thumbprint: thumbprint,
            now: now)
        let host = bytes.extracting(check.request.host.bounds)
        let path = bytes.extracting(check.request.path.bounds)
        let method = bytes.extracting(check.request.methodName.bounds)
        // No proxy's word for the scheme is read: the client's https is the rule, its http a loopback's exception.
        // One proof names one of them, and either way it is for this host, path, method, token and key.
        var result = prove(evidence.proof, "https://", method, host, path, bytes, expectation)
        if case .failure(let refusal) = result, refusal.fault == .proofWrongRequest {
            result = prove(evidence.proof, "http://", method, host, path, bytes, expectation)
        }
        switch result {
        case .success(let identifier):
            check.evidence.proofID = identifier
            return nil
        case .failure(let refusal):
            let address = check.request.address
            throttle.failed(from: address, owner(of: address.network))
            return Refusal(refusal)
        }
    }

    private func prove(
        _ proof: ByteRange, _ scheme: StaticString, _ method: borrowing Span<UInt8>, _ host: borrowing Span<UInt8>,
        _ path: borrowing Span<UInt8>, _ bytes: borrowing Span<UInt8>, _ expectation: DPoPProof.Expectation
    ) -> Result<Digest128, TokenRefusal> {
        var url = ByteWriter(reserving: 256)
        url.write(scheme)
        url.write(host)
        url.write(path)
        return url.withSpan {
            DPoPProof.verify(
                bytes.extracting(proof.bounds), method: method, url: $0, expecting: expectation, sha256: sha256)
        }
    }
}
