import Bytes
import Configuration
import Credentials
import Domain
import HTTPWire
import Limits
import Policy

/// One check on its way through the pipeline: a slot that a connection owns and uses for one request after another.
///
/// Each stage writes its finding here and reads only what earlier stages wrote; `explain` prints the slot.
final class Check {
    /// The configuration this check is judged by, from its first stage to its last, whatever a reload does meanwhile.
    private(set) var gate: Gate
    var request = CheckRequest(dialect: .json)
    var presented = Presented()
    /// What beside the credential may say who is asking.
    var evidence = Evidence()
    var match: RouteMatch?
    var pathFault: PathFault?
    /// Who it is, once that is known.
    var identity: Identity?
    /// Why the credential was refused, in more detail than the decision's reason.
    var refusal: Refusal?
    var permit: Permit?
    let spend: Spend
    /// What a trusted proxy wants reserved.
    var reserved = ReservedCosts()
    /// What the check holds, once it is allowed; nil where that is nothing.
    var ticket: Ticket?
    /// What the limits said, one per charge, for the answer.
    var report = LimitReport()
    var decision: Decision?
    /// Monotonic nanoseconds when the request was complete, or when the check before it in the same turn was finished.
    var startedAt: UInt64 = 0
    /// Has waited once for an issuer's keys, and does not wait again.
    var hasWaitedForKeys = false
    /// Has waited for its turn to have a token verified.
    var hasTurn = false
    /// Who goes on with the check when an answer it waits for has come; whoever makes it wait holds the owner.
    var owner: any CheckOwner { tie.owner }
    let tie: OwnerTie

    init(gate: Gate, tie: OwnerTie) {
        self.gate = gate
        self.tie = tie
        spend = Spend { [tie] _ in tie.owner.storeAnswered() }
    }

    convenience init(gate: Gate, owner: any CheckOwner) {
        self.init(gate: gate, tie: OwnerTie())
        tie.owner = owner
    }

    /// Ready for the next request.
    func begin(_ gate: Gate, at now: UInt64) {
        if self.gate !== gate { self.gate = gate }
        // Its ranges are over bytes that are gone: what cannot be decoded must not be logged by them.
        request = CheckRequest(dialect: .json)
        presented = Presented()
        if evidence.isSome { evidence = Evidence() }
        match = nil
        pathFault = nil
        identity = nil
        if refusal != nil { refusal = nil }
        permit = nil
        spend.charges.removeFew()
        spend.readings.removeFew()
        if !reserved.isEmpty { reserved = ReservedCosts() }
        if ticket != nil { ticket = nil }
        report.clear()
        decision = nil
        startedAt = now
        hasWaitedForKeys = false
        hasTurn = false
    }

    /// Ends the check: whoever it is, or why it cannot be said.
    func deny(_ refusal: Refusal) {
        self.refusal = refusal
        decision = .deny(refusal.reason)
    }
}

/// A check's way back to its owner, tied once the owner is there: so the owner can hold its check as a constant.
final class OwnerTie {
    /// Unsafe only in name: while somebody else holds the check, the owner holds itself.
    unowned(unsafe) var owner: any CheckOwner = Nobody.nobody

    /// Until an owner is tied, which is before any check begins.
    private final class Nobody: CheckOwner {
        nonisolated(unsafe) static let nobody = Nobody()

        func storeAnswered() {}
        func credentialAnswered(_ answer: Result<VerifiedCredential, Refusal>) {}
        func keysAnswered() {}
        func authorizationAnswered(_ answer: DenyReason?) {}
    }
}

/// Whoever has a check under way. All of it happens on the owner's own loop.
protocol CheckOwner: AnyObject {
    /// The limit store has decided the check's spend.
    func storeAnswered()
    /// The credential has been judged.
    func credentialAnswered(_ answer: Result<VerifiedCredential, Refusal>)
    /// An issuer's keys have come, or will not, or it is the check's turn: look at the credential again.
    func keysAnswered()
    /// The authorization service has spoken.
    func authorizationAnswered(_ answer: DenyReason?)
}

/// What a request shows beside its credential: a client certificate, and a proof for a bound token.
struct Evidence {
    /// Of our own TLS, verified by its handshake; the connection's, whatever the request. One that cannot be read is
    /// a fault and not nobody's.
    var peer: Result<PresentedCertificate, CertificateFault>?
    var forwarded: ForwardedField?
    /// The `DPoP` header.
    var proof = ByteRange.empty
    var isProofRepeated = false
    /// The headers that the configuration shares with somebody else; empty where it shares none.
    var fields: ContiguousArray<HeaderField> = []
    /// The proof that was found good, to be recorded as used.
    var proofID: Digest128?

    var isSome: Bool { peer != nil || forwarded != nil || proof.count > 0 || proofID != nil || !fields.isEmpty }

    /// The fields with these names, in lower case.
    func shared(_ names: [String], _ bytes: borrowing Span<UInt8>) -> [(name: String, value: String)] {
        var shared: [(name: String, value: String)] = []
        for index in fields.indices {
            let name = bytes.extracting(fields[index].name.bounds).text().lowercased()
            if names.contains(name) { shared.append((name, bytes.extracting(fields[index].value.bounds).text())) }
        }
        return shared
    }
}
