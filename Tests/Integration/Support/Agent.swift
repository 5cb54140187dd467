import Foundation

/// What reached the agent: the request as the proxy sent it on.
struct SeenRequest: Sendable {
    var method: String
    var target: String
    var head: HTTPHead
    var body: [UInt8]

    func all(_ name: String) -> [String] { head.all(name) }
}

/// The upstream: an agent that remembers every request and answers with an echo of it, a stream or a WebSocket.
///
/// It sends rate headers of its own (`agent`), which must not survive the proxy, and a WWW-Authenticate to no purpose.
final class Agent: Sendable {
    private let seen: Shared<[SeenRequest]>
    private let listener: TCPListener

    init() throws {
        let seen = Shared<[SeenRequest]>([])
        self.seen = seen
        listener = try TCPListener { connection in
            try? Agent.serve(connection) { request in seen.update { $0.append(request) } }
        }
    }

    var port: UInt16 { listener.port }

    /// Every request so far, in the order of arrival.
    var requests: [SeenRequest] { seen.current }

    func forget() { seen.update { $0 = [] } }

    private static func serve(_ connection: TCPConnection, remember: (SeenRequest) -> Void) throws {
        let reader = HTTPReader(connection)
        while let head = try reader.head() {
            let body = try reader.body(of: head, untilClose: false)
            let request = SeenRequest(method: head.startLine[0], target: head.startLine[1], head: head, body: body)
            remember(request)
            if head["Upgrade"]?.lowercased() == "websocket",
                head["Connection"]?.lowercased().contains("upgrade") == true
            {
                return try WebSocket.serveEcho(connection, reader)
            }
            if request.target.contains("stream?seconds=") {
                try stream(to: connection, for: request)
            } else {
                try connection.send(echo(of: request))
            }
        }
    }

    private static let ownHeaders = "RateLimit: \"agent\";r=1\r\nX-RateLimit-Remaining: 999999\r\n"

    private static func echo(of request: SeenRequest) throws -> [UInt8] {
        let document: [String: Any] = [
            "method": request.method, "target": request.target,
            "headers": request.head.headers.map { [$0.name, $0.value] }, "bodyBytes": request.body.count,
        ]
        let body = try JSONSerialization.data(withJSONObject: document)
        let head =
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\(ownHeaders)Content-Length: \(body.count)\r\n\r\n"
        return Array(head.utf8) + (request.method == "HEAD" ? [] : Array(body))
    }

    /// Server-sent events, one at once and one after each second, as a model's tokens would come. `ndjson-stream` sends
    /// the same under a type that no proxy knows for a stream.
    private static func stream(to connection: TCPConnection, for request: SeenRequest) throws {
        let seconds = request.target.split(separator: "=").last.flatMap { Int($0) } ?? 1
        let type = request.target.contains("ndjson") ? "application/x-ndjson" : "text/event-stream"
        let head = "HTTP/1.1 200 OK\r\nContent-Type: \(type)\r\nTransfer-Encoding: chunked\r\n\r\n"
        try connection.send(Array(head.utf8))
        for second in 0...seconds {
            if second > 0 { pause(seconds: 1) }
            let event = "data: \(second)\n\n"
            try connection.send(Array("\(String(event.utf8.count, radix: 16))\r\n\(event)\r\n".utf8))
        }
        try connection.send(Array("0\r\n\r\n".utf8))
    }
}
