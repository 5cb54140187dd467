/// Just enough of RFC 6455 to see that a proxy carries it: the handshake with the RFC's own sample nonce, and text
/// frames below 126 bytes.
enum WebSocket {
    static let nonce = "dGhlIHNhbXBsZSBub25jZQ=="
    /// What the nonce must be answered with (RFC 6455, section 1.3).
    static let accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

    /// Headers of the client's handshake.
    static let handshake: [HTTPClient.Header] = [
        ("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", nonce),
    ]

    /// The server's side: agrees, and sends every text back until the client ends.
    static func serveEcho(_ connection: TCPConnection, _ reader: HTTPReader) throws {
        let answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        try connection.send(Array("\(answer)Sec-WebSocket-Accept: \(accept)\r\n\r\n".utf8))
        while let text = try? receive(reader) { try connection.send(frame(text, mask: nil)) }
    }

    /// A final text frame; clients mask, servers do not.
    static func frame(_ text: [UInt8], mask: [UInt8]?) -> [UInt8] {
        precondition(text.count < 126, "the short form of a frame only")
        let length = UInt8(text.count)
        guard let mask else { return [0x81, length] + text }
        return [0x81, length | 0x80] + mask + text.enumerated().map { $0.element ^ mask[$0.offset % 4] }
    }

    /// The text of the next frame, unmasked.
    static func receive(_ reader: HTTPReader) throws -> [UInt8] {
        let start = try reader.bytes(2)
        guard start[0] == 0x81 else { throw HarnessFailure("not a final text frame: \(start[0])") }
        let mask = start[1] & 0x80 != 0 ? try reader.bytes(4) : [0, 0, 0, 0]
        let text = try reader.bytes(Int(start[1] & 0x7F))
        return text.enumerated().map { $0.element ^ mask[$0.offset % 4] }
    }
}
