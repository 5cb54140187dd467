public import Bytes

// Answers, appended to the bytes a connection is about to send. The order is the caller's: a status, fields, the end
// of the head, a body of exactly the announced length.
//
// A literal of ours is written as it stands. Bytes that come from elsewhere can be written as a value in two ways only,
// and neither lets a control byte out, so nobody's name or token can end a line and begin another (RFC 9110
// section 5.5).

extension ByteWriter {
    public mutating func write(status: ResponseStatus) { write(status.line) }

    /// The interim answer that asks for the body (RFC 9110 section 15.2.1).
    public mutating func writeContinue() { write("HTTP/1.1 100 Continue\r\n\r\n") }

    /// The empty line after the last field.
    public mutating func writeEndOfHead() { write("\r\n") }

    /// A field whose value is a literal of ours.
    public mutating func write(field name: StaticString, _ value: StaticString) {
        begin(field: name)
        write(value)
        endField()
    }

    public mutating func write(field name: StaticString, decimal value: Int64) {
        begin(field: name)
        write(decimal: value)
        endField()
    }

    /// A field whose value was composed by us, perhaps around bytes of others. Sent as it is, but for control bytes,
    /// each of which becomes `?`.
    public mutating func write(field name: StaticString, _ value: borrowing Span<UInt8>) {
        begin(field: name)
        write(value: value)
        endField()
    }

    public mutating func write(field name: StaticString, _ value: [UInt8]) {
        write(field: name, value.span)
    }

    public mutating func write(field name: FieldName, _ value: borrowing Span<UInt8>) {
        begin(field: name)
        write(value: value)
        endField()
    }

    /// A field whose value is somebody else's: a user's name, a claim. Percent-encoded, see `write(untrusted:)`.
    public mutating func write(field name: StaticString, untrusted value: borrowing Span<UInt8>) {
        begin(field: name)
        write(untrusted: value)
        endField()
    }

    public mutating func write(field name: FieldName, untrusted value: borrowing Span<UInt8>) {
        begin(field: name)
        write(untrusted: value)
        endField()
    }

    public mutating func write(contentLength count: Int) {
        write(field: "Content-Length", decimal: Int64(count))
    }

    /// What the client must hear of the connection's future: nothing where it is what its version takes for granted
    /// (RFC 9112 section 9.3).
    public mutating func writeConnection(keepsAlive: Bool, minorVersion: UInt8) {
        if !keepsAlive { return write("Connection: close\r\n") }
        if minorVersion == 0 { write("Connection: keep-alive\r\n") }
    }
}

// The pieces, for a value made of several: begin the field, write its parts, end it. Parts that are not ours go
// through `write(value:)` or `write(untrusted:)`, never through the bare `write`.
extension ByteWriter {
    public mutating func begin(field name: StaticString) {
        write(name)
        write(": ")
    }

    public mutating func begin(field name: FieldName) {
        write(name.bytes)
        write(": ")
    }

    public mutating func endField() { write("\r\n") }

    /// `value` with each control byte other than HTAB replaced by `?`.
    public mutating func write(value: borrowing Span<UInt8>) {
        var start = 0
        while start < value.count {
            let stop = Octets.endOfValue(value, from: start, to: value.count)
            write(value.extracting(start..<stop))
            if stop < value.count { write(UInt8(ascii: "?")) }
            start = stop &+ 1
        }
    }

    /// `value` with everything outside 0x20–0x7E and the percent sign itself percent-encoded, so that decoding gives
    /// back the same bytes. `listItem` also encodes the comma, for values that stand in a list.
    public mutating func write(untrusted value: borrowing Span<UInt8>, listItem: Bool = false) {
        var start = 0
        for index in 0..<value.count {
            let byte = value[index]
            if byte &- 0x20 < 0x5F && byte != 0x25 && !(listItem && byte == 0x2C) { continue }
            write(value.extracting(start..<index))
            write(escaped: byte)
            start = index &+ 1
        }
        write(value.extracting(start..<value.count))
    }
}
