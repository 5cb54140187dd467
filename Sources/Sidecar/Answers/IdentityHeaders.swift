import Bytes
import Configuration
import Domain
import Synchronization

/// Renders principals' headers, once per principal: for listed keys with the Gate, for tokens when they are verified.
final class IdentityHeaders: Sendable {
    /// Every name that Postern speaks for, also those the configuration leaves out: they are always absent.
    let names: [String]
    private let fields: [IdentityHeaderSettings.Field]
    /// By field: the start of its line; nil for one that is not sent.
    private let labels: [[UInt8]?]
    private let permanent: [String]
    /// Spoken for even where nothing is signed, so that a client's own never gets through (gate.md 14).
    private let assertion: String
    private let signs: Bool
    /// Those rendered so far, by which fields are absent, because many principals lack the same: at most two to the
    /// number of fields, in practice a few. Locked once per principal and never for a check that is remembered.
    private let absences = Mutex<[UInt32: IdentityAbsence]>([:])

    /// - Parameters:
    ///   - carriers: the headers that carry credentials, in lower case: removed on the way to the agent, always.
    ///   - assertion: the header of the signed identity; nil where none is signed.
    init(_ settings: IdentityHeaderSettings, carriers: [String], assertion: String?) {
        fields = IdentityHeaderSettings.Field.allCases
        names = fields.map { settings.prefix + $0.headerSuffix }
        labels = zip(fields, names).map { settings.fields.contains($0) ? Array("\($1): ".utf8) : nil }
        signs = assertion != nil
        self.assertion = assertion ?? settings.prefix + "Assertion"
        permanent = EnvoyAnswer.permanentRemovals(names + [self.assertion, TicketField.name], carriers: carriers)
    }

    func render(_ principal: Principal) -> (present: ContiguousArray<UInt8>, absence: IdentityAbsence) {
        var text = ByteWriter(reserving: 512)
        var value = ByteWriter(reserving: 128)
        var absent: UInt32 = 0
        for index in fields.indices {
            value.clear()
            let label = labels[index]
            if label != nil { IdentityValue.write(fields[index], of: principal, to: &value) }
            guard let label, value.count > 0 else {
                absent |= 1 << UInt32(index)
                continue
            }
            text.write(label)
            text.write(value)
            text.write("\r\n")
        }
        return (text.bytes, absence(absent, isAnonymous: principal.isAnonymous))
    }

    private func absence(_ absent: UInt32, isAnonymous: Bool) -> IdentityAbsence {
        // Nobody is asserted to be nobody.
        let unasserted = isAnonymous || !signs ? assertion : nil
        return absences.withLock { known in
            let bits = absent | (unasserted == nil ? 0 : 1 << UInt32(fields.count))
            if let absence = known[bits] { return absence }
            let missing = names.indices.filter { absent >> UInt32($0) & 1 == 1 }.map { names[$0] }
            let absence = IdentityAbsence(missing + (unasserted.map { [$0] } ?? []), permanent: permanent)
            known[bits] = absence
            return absence
        }
    }
}
