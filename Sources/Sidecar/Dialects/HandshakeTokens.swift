import Bytes
import Configuration
import Credentials
import Domain
import HTTPWire

/// Tokens that a browser's WebSocket handshake carries, because it can set no `Authorization`: as the second of two
/// offered subprotocols, or in the query (`auth.websocket`).
///
/// Read from handshakes only (`Upgrade: websocket`): elsewhere a query is nobody's credential. As everywhere, what is
/// found is judged by presence and never by success, and a second carrier is refused or removed (gate.md 8).
struct HandshakeTokens: Sendable {
    /// What the client offers before its token; empty where subprotocols are not read.
    private let subprotocol: [UInt8]
    /// The query's parameter; empty where queries are not read.
    private let parameter: [UInt8]

    init(_ settings: WebSocketSettings) {
        subprotocol = Array((settings.subprotocol ?? "").utf8)
        parameter = Array((settings.queryParameter ?? "").utf8)
    }

    var isSome: Bool { !subprotocol.isEmpty || !parameter.isEmpty }

    /// Adds what the handshake carries to what its other headers do.
    func collect(
        _ head: borrowing RequestHead, _ bytes: borrowing Span<UInt8>, query: ByteRange, into presented: inout Presented
    ) {
        guard !presented.isAmbiguous, let upgrade = head.value(of: .upgrade),
            bytes.extracting(upgrade.bounds).equalsIgnoringCase("websocket")
        else { return }
        if !subprotocol.isEmpty, let offered = head.value(of: .secWebSocketProtocol) {
            // Two lines are one list to some and the first to others.
            if head.isRepeated(.secWebSocketProtocol) { return presented.isAmbiguous = true }
            if let token = token(offered, bytes) {
                presented.hasHandshakeToken = true
                presented.note(token, in: .subprotocol)
            }
        }
        guard !parameter.isEmpty, !query.isEmpty else { return }
        var values = 0
        for value in Parameters(query, named: parameter, bytes) {
            values += 1
            // No proxy can be told to take it out again, so there must be nothing beside it.
            if presented.carrier != .none || values > 1 { return presented.isAmbiguous = true }
            presented.note(value, in: .query)
        }
    }

    /// `agentflow-bearer, <token>`, and nothing else; nil where no token is meant. The list's names are tokens of
    /// RFC 9110, so what stands there needs no unescaping.
    private func token(_ offered: ByteRange, _ bytes: borrowing Span<UInt8>) -> ByteRange? {
        let items = ListItems.split(offered, at: 0x2C, bytes)
        guard let first = items.first, bytes.extracting(first.bounds).equals(subprotocol), items.count > 1 else {
            return nil
        }
        return items[1]
    }
}

/// The values of one parameter of a query, as they stand: a token needs no escapes, and what has some is no good one.
private struct Parameters: Sequence, IteratorProtocol {
    private var rest: ArraySlice<ByteRange>

    init(_ query: ByteRange, named name: [UInt8], _ bytes: borrowing Span<UInt8>) {
        var values: [ByteRange] = []
        for item in ListItems.split(query, at: 0x26, bytes) where item.count > name.count {
            let (start, length) = (Int(item.start), name.count)
            guard bytes.extracting(start..<(start + length)).equals(name), bytes[start + length] == 0x3D else {
                continue
            }
            values.append(ByteRange(start: start + length + 1, count: Int(item.count) - length - 1))
        }
        rest = values[...]
    }

    mutating func next() -> ByteRange? { rest.popFirst() }
}

enum ListItems {
    /// Between separators, without white space around them; empty ones are left out.
    static func split(_ list: ByteRange, at separator: UInt8, _ bytes: borrowing Span<UInt8>) -> [ByteRange] {
        var items: [ByteRange] = []
        var start = Int(list.start)
        while start <= list.end {
            var end = start
            while end < list.end, bytes[end] != separator { end += 1 }
            let next = end + 1
            while start < end, bytes[start] == 0x20 || bytes[start] == 0x09 { start += 1 }
            while end > start, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
            if end > start { items.append(ByteRange(start: start, count: end - start)) }
            start = next
        }
        return items
    }
}
