import Bytes
import Configuration
import Credentials
import Domain
import NIOCore

// API keys: the configuration's first, then the store's.
extension Authentication {
    /// What an API key comes to; nil: it is nobody's here, and another provider may know it.
    ///
    /// - Parameter unknown: set where the store could not say whether it knows the key.
    func listedOrStored(
        _ key: borrowing Span<UInt8>, _ check: Check, _ gate: Gate, at now: Int64, _ unknown: inout Unknown
    ) -> Step? {
        if stored.standing != .none, KeyText.isMistyped(key) {
            return .refused(Refusal(.unknownKey, fault: "mistyped"))
        }
        guard key.count > 0 else { return nil }
        let digest = sha256.digest(key)
        switch gate.snapshot.authenticator.authenticate(digest, at: now) {
        case .success(let position): return .identified(gate.listed[position])
        case .failure(.unknownKey): break
        case .failure(let reason): return .refused(Refusal(reason))
        }
        if stored.standing == .none { return nil }
        switch stored.judge(digest, under: gate, remembers: gate === self.gate, sha256, at: now) {
        case .identified(let identity): return .identified(identity)
        case .refused(let refusal): return .refused(refusal)
        case .unknown: return nil
        case .undecidable:
            unknown = .here
            // A key of ours is shown to nobody else.
            return KeyText.isKind(key) ? .refused(undecidable(check, fault: "key_store")) : nil
        }
    }

    /// The store's keys have changed, or how far they can be trusted.
    func install(_ known: KnownKeys, _ standing: KeyStanding) {
        eventLoop.preconditionInEventLoop()
        stored.install(known, standing)
    }
}
