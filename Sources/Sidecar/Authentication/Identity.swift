import Bytes
import Configuration
import Domain
import Limits

/// Somebody, as the checks under one Gate treat them: who they are, what they may, what they spend from, and their
/// headers as bytes. Immutable: a listed key's is shared by all workers, a token's belongs to the worker that met it.
final class Identity: Sendable {
    /// What all identity headers of one answer may come to; a principal with more is denied (gate.md 15).
    static let bytesMax = 3_072

    let principal: Principal
    let grants: Grants
    let plan: LimitPlan
    /// The headers it has, as whole lines.
    private let present: ContiguousArray<UInt8>
    private let absence: IdentityAbsence

    init(_ compiled: CompiledPrincipal, present: ContiguousArray<UInt8>, absence: IdentityAbsence) {
        principal = compiled.principal
        grants = compiled.grants
        plan = compiled.plan
        self.present = present
        self.absence = absence
    }

    /// Whether its headers are within the bound.
    var fits: Bool { present.count <= Identity.bytesMax }

    /// The headers this principal has, as whole lines.
    func writePresent(to writer: inout ByteWriter) { writer.write(present) }

    /// The headers it lacks, as lines with empty values.
    ///
    /// - Parameter holding: whether the answer has a ticket, which must not be blanked then.
    func writeBlanks(holding: Bool, to writer: inout ByteWriter) {
        if holding { writer.write(absence.blanksBesideTicket) } else { writer.write(absence.blanks) }
    }

    /// The names to remove on the way to the agent, separated by a comma and a space.
    func writeRemovals(holding: Bool, to writer: inout ByteWriter) {
        if holding { writer.write(absence.removalsBesideTicket) } else { writer.write(absence.removals) }
    }
}

/// What a principal lacks, said in two ways, because each proxy hears of absence in its own. Listed principals that
/// lack the same share one.
final class IdentityAbsence: Sendable {
    /// The headers it lacks, as lines with empty values.
    let blanks: ContiguousArray<UInt8>
    /// The names Envoy must remove: those it lacks, the credentials' carriers, and every underscore twin.
    let removals: ContiguousArray<UInt8>
    /// Both again for an answer with a ticket; without one it is as absent as the others.
    let blanksBesideTicket: ContiguousArray<UInt8>
    let removalsBesideTicket: ContiguousArray<UInt8>

    init(_ absent: [String], permanent: [String]) {
        let all = absent + [TicketField.name]
        (blanks, blanksBesideTicket) = (IdentityAbsence.blanks(all), IdentityAbsence.blanks(absent))
        removals = IdentityAbsence.removals(permanent + all)
        removalsBesideTicket = IdentityAbsence.removals(permanent + absent)
    }

    private static func blanks(_ names: [String]) -> ContiguousArray<UInt8> {
        ContiguousArray(names.map { "\($0): \r\n" }.joined().utf8)
    }

    private static func removals(_ names: [String]) -> ContiguousArray<UInt8> {
        ContiguousArray(names.joined(separator: ", ").utf8)
    }
}
