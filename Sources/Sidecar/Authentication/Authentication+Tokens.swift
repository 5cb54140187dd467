import Bytes
import Configuration
import Credentials
import Domain
import Outbound

/// JWTs: remembered, or verified here with the keys of their issuer.
extension Authentication {
    func token(_ check: Check, _ bytes: borrowing Span<UInt8>, at now: Int64) -> Step {
        let token = bytes.extracting(check.presented.credential.bounds)
        let digest = sha256.digest(kind: "jwt", value: token)
        if let step = remembered(digest, check, bytes, at: now) { return step }
        let start = Clock.monotonic()
        if let refusal = (check.hasTurn ? nil : throttled(check)) ?? exhausted(check, at: start) {
            return .refused(refusal)
        }
        if turns.areTaken, !check.hasTurn { return waitForTurn(check) }
        defer { worked(since: start) }
        let seconds = check.gate.snapshot.settings.auth.jwt?.negativeCacheSeconds ?? 0
        switch UnverifiedToken.read(token, memo: &headers) {
        case .failure(let refusal):
            return .refused(fail(Refusal(refusal), digest, check, seconds: seconds, at: now))
        case .success(let parsed):
            guard let issuer = check.gate.providers.issuer(of: parsed) else {
                let fault = parsed.issuer == nil ? TokenFault.issuerMissing : .unknownIssuer
                return .refused(fail(Refusal(TokenRefusal(fault)), digest, check, seconds: seconds, at: now))
            }
            switch verify(token, parsed, issuer, check, at: now) {
            case .success(let credential):
                remember(credential, as: digest, under: check.gate, at: now)
                return show(credential, check, bytes, at: now)
            case .failure(let refusal):
                return .refused(fail(refusal, digest, check, seconds: seconds, at: now))
            case nil: return .waiting
            }
        }
    }

    /// What an earlier check found out about the same bytes.
    func remembered(_ digest: Digest256, _ check: Check, _ bytes: borrowing Span<UInt8>, at now: Int64) -> Step? {
        guard check.gate === gate else { return nil }
        if let credential = verified.find(digest, at: now) {
            counters.cacheHits &+= 1
            return show(credential, check, bytes, at: now)
        }
        if let refusal = refused.find(digest, at: now) {
            counters.refusedCacheHits &+= 1
            return .refused(refusal)
        }
        return nil
    }

    /// What holds each time a good credential is shown: a bound token needs what it is bound to.
    private func show(
        _ credential: VerifiedCredential, _ check: Check, _ bytes: borrowing Span<UInt8>, at now: Int64
    ) -> Step {
        if let refusal = bindingRefusal(credential, check, bytes, at: now) { return .refused(refusal) }
        return .identified(credential.identity)
    }

    /// Nil: the check waits for the issuer's keys.
    private func verify(
        _ token: borrowing Span<UInt8>, _ parsed: UnverifiedToken, _ index: Int, _ check: Check, at now: Int64
    ) -> Result<VerifiedCredential, Refusal>? {
        let issuer = check.gate.providers.issuers[index]
        var snapshot: KeySetSnapshot?
        let keys: KeySet
        switch issuer.keys {
        case .fixed(let set): keys = set
        case .outOfReach: return .failure(undecidable(check, fault: "keys_out_of_reach"))
        case .fetched(let source):
            let current = source.snapshot
            guard let set = current.keys else { return waitForKeys(source, current, check) }
            snapshot = current
            keys = set
        }
        counters.verifications &+= 1
        switch TokenVerifier.verify(token, parsed: parsed, policy: issuer.policy, keys: keys, now: now) {
        case .success(let verified): return identify(verified, issuer, index, check)
        case .failure(let refusal):
            // A token that names no key may be signed by one that was published since.
            let isUnknown = refusal.fault == .unknownKey || refusal.fault == .badSignature && parsed.keyID == nil
            if isUnknown, let snapshot, case .fetched(let source) = issuer.keys {
                return waitForUnknownKey(source, snapshot, refusal, check)
            }
            return .failure(Refusal(refusal))
        }
    }

    private func identify(
        _ token: VerifiedToken, _ issuer: TokenIssuer, _ index: Int, _ check: Check
    ) -> Result<VerifiedCredential, Refusal> {
        let scopes = token.principal.scopes
        guard issuer.requiredScopes.allSatisfy(scopes.contains) else { return .failure(Refusal(.tokenScope)) }
        do throws(Refusal) {
            let identity = try check.gate.identify(token.principal, sha256)
            return .success(
                VerifiedCredential(
                    identity, goodUntil: token.expiresAt, certificateThumbprint: token.certificateThumbprint,
                    dpopThumbprint: token.dpopThumbprint, dpop: issuer.dpop,
                    signedBy: VerifiedCredential.SigningKey(issuer: index, fingerprint: token.keyFingerprint)))
        } catch {
            return .failure(error)
        }
    }
}

// Waiting for keys. A check waits for one publication at most, and looks again when it has come.
extension Authentication {
    private func waitForKeys(
        _ source: KeySetSource, _ seen: KeySetSnapshot, _ check: Check
    ) -> Result<VerifiedCredential, Refusal>? {
        guard !check.hasWaitedForKeys, source.refreshForUnknownKey(seen: seen.generation) == .wait else {
            return .failure(undecidable(check, fault: seen.fault?.word ?? "no_keys"))
        }
        return wait(for: source, check)
    }

    private func waitForUnknownKey(
        _ source: KeySetSource, _ seen: KeySetSnapshot, _ refusal: TokenRefusal, _ check: Check
    ) -> Result<VerifiedCredential, Refusal>? {
        if check.hasWaitedForKeys {
            if let fault = seen.fault { return .failure(undecidable(check, fault: fault.word)) }
            return .failure(Refusal(refusal))
        }
        switch source.refreshForUnknownKey(seen: seen.generation) {
        case .wait: return wait(for: source, check)
        case .settled: return .failure(Refusal(refusal))
        case .undecidable: return .failure(undecidable(check, fault: seen.fault?.word ?? "no_keys"))
        }
    }

    private func wait(for source: KeySetSource, _ check: Check) -> Result<VerifiedCredential, Refusal>? {
        guard questions.takeWaiter() else {
            counters.full &+= 1
            return .failure(undecidable(check, fault: "too_many_cold_checks"))
        }
        counters.waited &+= 1
        check.hasWaitedForKeys = true
        keyWaiters[source.index, default: []].append(check.owner)
        return nil
    }

    func undecidable(_ check: Check, fault: String) -> Refusal {
        counters.undecidable &+= 1
        return Refusal.undecidable(check.gate, fault: fault)
    }

    /// A source has published: what its withdrawn keys verified is forgotten, unknown keys may be known now, and
    /// whoever waited looks again.
    func keysChanged(_ index: Int) {
        let issuers = gate.providers.issuers
        refused.removeAll()
        verified.removeAll { credential in
            guard let key = credential.signedBy, issuers.indices.contains(key.issuer),
                let source = issuers[key.issuer].source(index)
            else { return false }
            return source.snapshot.keys?.contains(key.fingerprint) != true
        }
        wakeWaiters(forKeys: index)
    }
}
