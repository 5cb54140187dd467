import Bytes
import Configuration
import Domain

/// Renders principals' headers, once per principal: for listed keys with the Gate, for tokens when they are verified.
final class IdentityHeaders: Sendable {
    /// Every name that Postern speaks for, also those the configuration leaves out: they are always absent.
    let names: [String]
    private let fields: [IdentityHeaderSettings.Field]
    private let sent: Set<IdentityHeaderSettings.Field>
    private let permanent: [String]

    /// - Parameters:
    ///   - carriers: the headers that carry credentials, in lower case: removed on the way to the agent, always.
    ///   - assertion: the header of the signed identity, which is removed or blanked where there is none.
    init(_ settings: IdentityHeaderSettings, carriers: [String], assertion: String?) {
        fields = IdentityHeaderSettings.Field.allCases
        sent = Set(settings.fields)
        names = fields.map { settings.prefix + $0.headerSuffix }
        permanent = EnvoyAnswer.permanentRemovals(names + (assertion.map { [$0] } ?? []), carriers: carriers)
        self.assertion = assertion
    }

    private let assertion: String?

    /// - Parameter absences: those rendered so far, to share; nil where sharing is not worth a look.
    func render(
        _ principal: Principal, sharing absences: inout [[String]: IdentityAbsence]?
    ) -> (present: ContiguousArray<UInt8>, absence: IdentityAbsence) {
        var text = ByteWriter()
        var absent: [String] = []
        for (name, field) in zip(names, fields) {
            let value = sent.contains(field) ? IdentityValue.encode(field, of: principal) : []
            if value.isEmpty {
                absent.append(name)
            } else {
                text.write(text: "\(name): ")
                text.write(value)
                text.write("\r\n")
            }
        }
        // Nobody is asserted to be nobody.
        if principal.isAnonymous, let assertion { absent.append(assertion) }
        let absence = absences?[absent] ?? IdentityAbsence(absent, permanent: permanent)
        absences?[absent] = absence
        return (text.bytes, absence)
    }
}
