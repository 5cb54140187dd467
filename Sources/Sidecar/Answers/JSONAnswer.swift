import Bytes
import Credentials
import Domain
import HTTPWire

/// Answers of `POST /v1/check`: what a proxy would read from headers, as one document.
///
/// Allow: `{"decision":"allow","status":200,"set":{…},"remove":[…]}`, where `set` and `remove` are for the request on
/// its way to the agent. Deny: `{"decision":"deny","status":…,"problem":{…}}`. The answer's own status and rate-limit
/// headers say the same, and those headers are for the client.
enum JSONAnswer {
    static func writeAllow(_ check: Check, _ identity: Identity, _ assertion: [UInt8]?, to body: inout ByteWriter) {
        var present = ByteWriter()
        if let assertion { present.write(assertion) }
        identity.writePresent(to: &present)
        if let ticket = check.ticket { TicketField.write(ticket, to: &present) }
        if check.presented.hasHandshakeToken { HandshakeField.write(check, to: &present) }
        body.write("{\"decision\":\"allow\",\"status\":200,\"set\":{")
        present.withSpan { writeFields($0, to: &body) }
        body.write("},\"remove\":[")
        var names = ByteWriter()
        identity.writeRemovals(holding: check.ticket != nil, to: &names)
        if check.presented.mayHoldToken { names.write(", authorization") }
        names.withSpan { writeNames($0, to: &body) }
        body.write("]}")
    }

    /// Puts the problem that `body` holds inside a denial.
    static func wrapDenial(_ reason: DenyReason, _ check: Check, in body: inout ByteWriter) {
        let problem = body.bytes
        body.clear()
        body.write("{\"decision\":\"deny\",\"status\":")
        body.write(decimal: Int64(StatusTable.status(of: reason).rawValue))
        body.write(",\"problem\":")
        body.write(problem)
        body.write("}")
    }

    /// `Name: value` lines → members.
    private static func writeFields(_ lines: borrowing Span<UInt8>, to body: inout ByteWriter) {
        var index = 0
        while index < lines.count {
            guard let end = lines.firstIndex(of: 0x0D, from: index),
                let colon = lines.firstIndex(of: 0x3A, from: index)
            else { return }
            if index > 0 { body.write(",") }
            writeString(lines.extracting(index..<colon), to: &body)
            body.write(":")
            writeString(lines.extracting((colon + 2)..<end), to: &body)
            index = end + 2
        }
    }

    /// `a, b, c` → elements.
    private static func writeNames(_ list: borrowing Span<UInt8>, to body: inout ByteWriter) {
        var index = 0
        while index < list.count {
            let end = list.firstIndex(of: 0x2C, from: index) ?? list.count
            if index > 0 { body.write(",") }
            writeString(list.extracting(index..<end), to: &body)
            index = end + 2
        }
    }

    private static func writeString(_ bytes: borrowing Span<UInt8>, to body: inout ByteWriter) {
        body.write("\"")
        for index in 0..<bytes.count { body.write(jsonByte: bytes[index]) }
        body.write("\"")
    }
}
