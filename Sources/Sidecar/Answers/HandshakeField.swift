import Bytes
import Configuration
import Domain
import HTTPWire

/// What a WebSocket handshake offers once its token is taken out: the subprotocol that announced it, which the agent
/// must confirm or browsers give up. Only where a proxy can be told to replace a header.
enum HandshakeField {
    static func write(_ check: Check, to writer: inout ByteWriter) {
        guard let name = check.gate.snapshot.settings.auth.webSocket.subprotocol else { return }
        writer.begin(field: "Sec-WebSocket-Protocol")
        writer.write(text: name)
        writer.endField()
    }
}
