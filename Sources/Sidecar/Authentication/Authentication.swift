import Bytes
import Configuration
import Credentials
import Domain
import HTTPWire
import Limits
import NIOCore

/// Who presented a credential: one worker's judge, with what it remembers and whom it has asked.
///
/// Listed keys and remembered credentials are judged at once. The rest is cold work, which is bounded for all and
/// throttled per address (gate.md 12): a signature is verified here, an issuer's keys, an endpoint or an authenticator
/// compiled in are waited for.
final class Authentication {
    enum Step {
        case identified(Identity)
        case refused(Refusal)
        /// The check's owner will be told.
        case waiting
    }

    let eventLoop: any EventLoop
    /// What new checks are judged by; older ones go on under their own, and neither read nor write what is remembered.
    private(set) var gate: Gate
    let sha256 = SHA256()
    let throttle: FailureThrottle
    var verified: CredentialCache<VerifiedCredential>
    /// Apart from the good ones, so that a flood of bad ones pushes none of them out.
    var refused: CredentialCache<Refusal>
    var headers = JOSEHeaderMemo()
    /// Keys from `auth.api_keys.store`.
    var stored = StoredKeys()
    let questions: Questions
    private(set) var turns: ColdTurns
    /// Checks that wait for an issuer's keys, by the index of their source.
    var keyWaiters: [Int: [any CheckOwner]] = [:]
    var counters = AuthenticationCounters()
    private var budget = ColdBudget()

    /// Good credentials remembered per worker, where the configuration does not say.
    static let rememberedMax = 10_000
    /// Refused credentials remembered per worker.
    static let refusedMax = 4_096

    /// - Parameter takesTurns: whether `takeTurns` is called when a turn of the loop is over.
    init(
        eventLoop: any EventLoop, _ gate: Gate, throttle: FailureThrottle, coldChecksMax: Int, takesTurns: Bool = false
    ) {
        turns = ColdTurns(areTaken: takesTurns)
        self.eventLoop = eventLoop
        self.gate = gate
        self.throttle = throttle
        questions = Questions(eventLoop: eventLoop, limit: coldChecksMax)
        verified = CredentialCache(capacity: Authentication.capacity(gate))
        refused = CredentialCache(capacity: Authentication.refusedMax)
    }

    private static func capacity(_ gate: Gate) -> Int {
        let auth = gate.snapshot.settings.auth
        return auth.jwt?.cacheEntries ?? (auth.providers == [.apiKey] ? 0 : rememberedMax)
    }

    /// What was remembered was remembered under another configuration. Whoever waits for keys looks again, for their
    /// source may be gone.
    func install(_ gate: Gate) {
        self.gate = gate
        verified = CredentialCache(capacity: Authentication.capacity(gate))
        refused.removeAll()
        stored.forgetMet()
        throttle.install(gate.snapshot.settings.auth.failedCredentials)
        for index in Array(keyWaiters.keys) { wakeWaiters(forKeys: index) }
    }

    func wakeWaiters(forKeys index: Int) {
        let waiting = keyWaiters.removeValue(forKey: index) ?? []
        questions.release(waiters: waiting.count)
        for owner in waiting { owner.keysAnswered() }
    }

    func remember(_ credential: VerifiedCredential, as digest: Digest256, under gate: Gate, at now: Int64) {
        guard gate === self.gate else { return }
        verified.remember(credential, as: digest, until: credential.goodUntil, now: now)
    }

    /// - Parameter now: seconds since 1970.
    func judge(_ check: Check, _ gate: Gate, _ bytes: borrowing Span<UInt8>, at now: Int64) -> Step {
        if gate.isOpen { return .identified(gate.anonymous) }
        let presented = check.presented
        if presented.isAmbiguous { return .refused(Refusal(.ambiguousCredential)) }
        guard presented.carrier != .none else { return withoutCredential(check, bytes, at: now) }
        if presented.hasSecond, check.request.dialect != .envoy, check.request.dialect != .json {
            // It would reach the agent unverified, and this proxy cannot be told to remove it (gate.md 8).
            return .refused(Refusal(.secondCredential))
        }
        let credential = bytes.extracting(presented.credential.bounds)
        let shape = presented.carrier == .keyHeader ? CredentialShape.opaque : CredentialShape(credential)
        var unknown = Unknown.everywhere
        for index in 0..<gate.providers.plan.count(of: presented.carrier, shape) {
            let judge = gate.providers.plan.judge(index, of: presented.carrier, shape)
            switch judge {
            case .apiKey:
                // Nil: somebody else may know it.
                if let step = listedOrStored(credential, check, gate, at: now, &unknown) { return step }
            case .jwt: return token(check, bytes, at: now)
            case .mtls: continue
            case .oauth2, .external, .custom: return ask(judge, check, bytes, at: now)
            }
        }
        return .refused(unknown == .everywhere ? Refusal(.unknownKey) : undecidable(check, fault: "key_store"))
    }

    /// What nobody knew, if it comes to that.
    enum Unknown {
        case everywhere
        /// The store of keys could not be asked.
        case here
    }

    /// A client certificate speaks for itself only where nothing else does.
    private func withoutCredential(_ check: Check, _ bytes: borrowing Span<UInt8>, at now: Int64) -> Step {
        guard check.gate.providers.plan.judgesCertificates else { return .refused(Refusal(.noCredential)) }
        return certificate(check, bytes, at: now)
    }

    /// Whose buckets an address spends from.
    func owner(of address: ClientAddress) -> Digest128 { Authentication.owner(of: address, sha256) }

    static func owner(of address: ClientAddress, _ sha256: SHA256) -> Digest128 {
        let words: InlineArray<2, UInt64> = [address.high.bigEndian, address.low.bigEndian]
        return sha256.digest(kind: "address", words: words).prefix
    }

    /// A failed credential: remembered for a while, and held against its address, unless nobody could judge it.
    func fail(_ refusal: Refusal, _ digest: Digest256, _ check: Check, seconds: Int, at now: Int64) -> Refusal {
        guard !refusal.isUndecidable else { return refusal }
        if check.gate === gate {
            refused.remember(refusal, as: digest, until: now + Int64(seconds), now: now)
        }
        // Who was known and may not is no guesser.
        if StatusTable.status(of: refusal.reason) == .unauthorized {
            throttle.failed(from: check.request.address, owner(of: check.request.address.network))
        }
        return refusal
    }

    /// Why the worker itself takes on no more cold work at the moment, or nil.
    func exhausted(_ check: Check, at now: UInt64) -> Refusal? {
        if budget.admits(at: now) { return nil }
        counters.full &+= 1
        return undecidable(check, fault: "too_much_cold_work")
    }

    /// Has a check wait until those at hand are answered, or says why it may not.
    func waitForTurn(_ check: Check) -> Step {
        guard questions.takeWaiter() else {
            counters.full &+= 1
            return .refused(undecidable(check, fault: "too_many_cold_checks"))
        }
        check.hasTurn = true
        turns.append(check.owner)
        return .waiting
    }

    /// Does cold work for a while.
    ///
    /// - Returns: whether more waits.
    func takeTurns() -> Bool {
        guard !turns.isEmpty else { return false }
        let end = Clock.monotonic() &+ ColdTurns.sliceNanoseconds
        repeat {
            questions.release(waiters: 1)
            turns.next().keysAnswered()
        } while !turns.isEmpty && Clock.monotonic() < end
        return !turns.isEmpty
    }

    /// Cold work that began at `start` is done.
    func worked(since start: UInt64) { budget.charge(nanoseconds: Clock.monotonic() &- start) }

    /// Whether cold work may begin for this check: its address has not shown too many bad credentials.
    func throttled(_ check: Check) -> Refusal? {
        let address = check.request.address
        guard address.isKnown else {
            counters.unthrottled &+= 1
            return nil
        }
        guard !throttle.isEmpty, let seconds = throttle.wait(for: owner(of: address.network)) else { return nil }
        counters.throttled &+= 1
        check.report.retry(after: seconds)
        return Refusal(.tooManyFailures)
    }
}

/// What authentication has done, for the metrics.
struct AuthenticationCounters: Sendable {
    var cacheHits: UInt64 = 0
    var refusedCacheHits: UInt64 = 0
    /// Signatures verified.
    var verifications: UInt64 = 0
    /// Checks that waited for an issuer's keys, an endpoint or an authenticator compiled in.
    var waited: UInt64 = 0
    /// Cold checks refused because their address had failed too often.
    var throttled: UInt64 = 0
    /// Cold checks from unknown addresses, which the throttle cannot hold (gate.md 6).
    var unthrottled: UInt64 = 0
    /// Cold checks refused because too many were waiting.
    var full: UInt64 = 0
    var undecidable: UInt64 = 0

    mutating func add(_ other: AuthenticationCounters) {
        cacheHits &+= other.cacheHits
        refusedCacheHits &+= other.refusedCacheHits
        verifications &+= other.verifications
        waited &+= other.waited
        throttled &+= other.throttled
        unthrottled &+= other.unthrottled
        full &+= other.full
        undecidable &+= other.undecidable
    }
}
