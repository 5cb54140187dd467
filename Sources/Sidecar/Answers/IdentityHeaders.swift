import Bytes
import Configuration
import Domain

/// The identity headers of every principal, encoded once per Snapshot.
///
/// All principals' bytes lie one after another, so that writing one principal's headers is one copy and touches no
/// reference count. What a principal lacks is a bit, since each proxy needs to hear of absence in its own way.
struct IdentityHeaders: Sendable {
    /// What all identity headers of one answer may come to; a principal with more is denied (gate.md 15).
    static let bytesMax = 3_072

    private struct Entry: Sendable {
        var start: UInt32
        var count: UInt32
        /// A bit per name in `names` that this principal has no value for.
        var absent: UInt16
    }

    /// Every name that Postern speaks for, also those the configuration leaves out: they are always absent.
    let names: [[UInt8]]
    private var bytes: ContiguousArray<UInt8> = []
    private var entries: ContiguousArray<Entry> = []

    init(_ snapshot: Snapshot) {
        let settings = snapshot.settings.response.identityHeaders
        let fields = IdentityHeaderSettings.Field.allCases
        names = fields.map { [UInt8]((settings.prefix + $0.headerSuffix).utf8) }
        for principal in snapshot.principals {
            var writer = ByteWriter()
            var absent: UInt16 = 0
            for (index, field) in fields.enumerated() {
                let value = settings.fields.contains(field) ? IdentityValue.encode(field, of: principal) : []
                if value.isEmpty {
                    absent |= 1 << UInt16(index)
                } else {
                    writer.write(names[index])
                    writer.write(": ")
                    writer.write(value)
                    writer.write("\r\n")
                }
            }
            entries.append(Entry(start: UInt32(bytes.count), count: UInt32(writer.count), absent: absent))
            bytes.append(contentsOf: writer.bytes)
        }
    }

    /// Whether this principal's headers are within the bound.
    func fits(_ principal: Int) -> Bool { entries[principal].count <= IdentityHeaders.bytesMax }

    /// The headers this principal has, as whole lines.
    func writePresent(_ principal: Int, to writer: inout ByteWriter) {
        let entry = entries[principal]
        let start = Int(entry.start)
        writer.write(bytes.span.extracting(start..<(start &+ Int(entry.count))))
    }

    /// The headers it lacks, as lines with empty values.
    func writeAbsent(_ principal: Int, to writer: inout ByteWriter) {
        var rest = entries[principal].absent
        while rest != 0 {
            writer.write(names[rest.trailingZeroBitCount])
            writer.write(": \r\n")
            rest &= rest &- 1
        }
    }

    /// The names it lacks, each after a comma and a space.
    func writeAbsentNames(_ principal: Int, to writer: inout ByteWriter) {
        var rest = entries[principal].absent
        while rest != 0 {
            writer.write(", ")
            writer.write(names[rest.trailingZeroBitCount])
            rest &= rest &- 1
        }
    }
}
