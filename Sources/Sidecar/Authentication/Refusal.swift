import Configuration
import Credentials
import Domain

/// Why a credential is refused: the reason everybody hears, and for logs, the audit and `explain` what exactly it was.
struct Refusal: Error, Sendable {
    var reason: DenyReason
    /// A word of a closed set: a token's, certificate's or endpoint's fault.
    var fault: String?
    /// The claim it was about, as the configuration or a specification spells it.
    var claim: String?
    /// Whose it was, where that is known all the same: of a stored key that was revoked or has expired. For the audit.
    var principal: Principal?
    /// Whether it could be different in a moment. Such a refusal is no failed credential and is not remembered.
    var isUndecidable = false

    init(_ reason: DenyReason, fault: String? = nil, claim: String? = nil) {
        self.reason = reason
        self.fault = fault
        self.claim = claim
    }

    init(_ refusal: TokenRefusal) {
        self.init(refusal.fault.reason, fault: refusal.fault.rawValue, claim: refusal.claim)
    }

    init(_ fault: CertificateFault) {
        self.init(fault.reason, fault: fault.rawValue)
    }

    /// Nobody can say. What becomes of it is the configuration's `on_undecidable` (gate.md 13).
    static func undecidable(_ gate: Gate, fault: String) -> Refusal {
        let isDeferred = gate.snapshot.settings.auth.onUndecidable == .defer
        var refusal = Refusal(isDeferred ? .undecidableDeferred : .undecidable, fault: fault)
        refusal.isUndecidable = true
        return refusal
    }
}
