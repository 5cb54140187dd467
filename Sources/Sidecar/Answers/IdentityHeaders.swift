import Bytes
import Configuration
import Domain

/// The identity headers of every principal, encoded once per Snapshot.
///
/// All bytes lie one after another, so that writing one principal's headers is one copy and touches no reference count.
/// What a principal lacks is said in two ways, because each proxy hears of absence in its own; principals that lack the
/// same share those bytes.
final class IdentityHeaders: Sendable {
    /// What all identity headers of one answer may come to; a principal with more is denied (gate.md 15).
    static let bytesMax = 3_072

    /// What one principal's answer is made of: places in `bytes`.
    private struct Entry: Sendable {
        /// The headers it has, as whole lines.
        var present: ByteRange
        var absence: Absence
    }

    private struct Absence: Sendable {
        /// The headers it lacks, as lines with empty values.
        var blanks: ByteRange
        /// The names Envoy must remove: those it lacks, the key header, and every underscore twin.
        var removals: ByteRange
    }

    /// Every name that Postern speaks for, also those the configuration leaves out: they are always absent.
    let names: [String]
    private let bytes: ContiguousArray<UInt8>
    private let entries: ContiguousArray<Entry>

    init(_ snapshot: Snapshot, keyHeader: String?) {
        let settings = snapshot.settings.response.identityHeaders
        let fields = IdentityHeaderSettings.Field.allCases
        names = fields.map { settings.prefix + $0.headerSuffix }
        let permanent = EnvoyAnswer.permanentRemovals(names, keyHeader: keyHeader)
        var text = ByteWriter()
        var entries: ContiguousArray<Entry> = []
        var absences: [[String]: Absence] = [:]
        for principal in snapshot.principals {
            var absent: [String] = []
            let start = text.count
            for (name, field) in zip(names, fields) {
                let value = settings.fields.contains(field) ? IdentityValue.encode(field, of: principal) : []
                if value.isEmpty {
                    absent.append(name)
                } else {
                    text.write(text: "\(name): ")
                    text.write(value)
                    text.write("\r\n")
                }
            }
            let present = ByteRange(start..<text.count)
            let absence = absences[absent] ?? IdentityHeaders.write(absent, permanent, to: &text)
            absences[absent] = absence
            entries.append(Entry(present: present, absence: absence))
        }
        self.entries = entries
        bytes = text.bytes
    }

    private static func write(_ absent: [String], _ permanent: [String], to text: inout ByteWriter) -> Absence {
        let start = text.count
        for name in absent { text.write(text: "\(name): \r\n") }
        let middle = text.count
        text.write(text: (permanent + absent).joined(separator: ", "))
        return Absence(blanks: ByteRange(start..<middle), removals: ByteRange(middle..<text.count))
    }

    /// Whether this principal's headers are within the bound.
    func fits(_ principal: Int) -> Bool { entries[principal].present.count <= IdentityHeaders.bytesMax }

    /// The headers this principal has, as whole lines.
    func writePresent(_ principal: Int, to writer: inout ByteWriter) {
        writer.write(bytes, entries[principal].present)
    }

    /// The headers it lacks, as lines with empty values.
    func writeBlanks(_ principal: Int, to writer: inout ByteWriter) {
        writer.write(bytes, entries[principal].absence.blanks)
    }

    /// The names to remove on the way to the agent, separated by a comma and a space.
    func writeRemovals(_ principal: Int, to writer: inout ByteWriter) {
        writer.write(bytes, entries[principal].absence.removals)
    }
}
