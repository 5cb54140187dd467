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
    /// Spoken for even where nothing is signed, so that a client's own never gets through (gate.md 14).
    private let assertion: String
    private let signs: Bool

    /// - Parameters:
    ///   - carriers: the headers that carry credentials, in lower case: removed on the way to the agent, always.
    ///   - assertion: the header of the signed identity; nil where none is signed.
    init(_ settings: IdentityHeaderSettings, carriers: [String], assertion: String?) {
        fields = IdentityHeaderSettings.Field.allCases
        sent = Set(settings.fields)
        names = fields.map { settings.prefix + $0.headerSuffix }
        signs = assertion != nil
        self.assertion = assertion ?? settings.prefix + "Assertion"
        permanent = EnvoyAnswer.permanentRemovals(names + [self.assertion], carriers: carriers)
    }

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
        if principal.isAnonymous || !signs { absent.append(assertion) }
        let absence = absences?[absent] ?? IdentityAbsence(absent, permanent: permanent)
        absences?[absent] = absence
        return (text.bytes, absence)
    }
}
