import Bytes
import HTTPWire
import Limits

/// The header by which the agent learns what its caller's check holds. Postern's own, like the identity headers: where
/// a check holds nothing it is removed or blanked, so that nobody can slip the agent somebody else's.
enum TicketField {
    static let name = "X-Postern-Ticket"

    static func write(_ ticket: Ticket, to writer: inout ByteWriter) {
        writer.begin(field: "X-Postern-Ticket")
        writer.write(text: ticket.text)
        writer.endField()
    }
}
