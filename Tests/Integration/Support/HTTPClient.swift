/// A client that sends any bytes: repeated headers, underscores, mixed case, raw targets. One connection, kept.
final class HTTPClient {
    let connection: TCPConnection
    let reader: HTTPReader

    init(port: UInt16, host: UInt8 = 1, timeoutSeconds: Int = 30) throws {
        connection = try TCPConnection(port: port, host: host, timeoutSeconds: timeoutSeconds)
        reader = HTTPReader(connection)
    }

    typealias Header = (String, String)

    /// Sends a request, with Host and (for a body) Content-Length added, and reads its answer.
    func request(
        _ method: String, _ target: String, _ headers: [Header] = [], body: [UInt8] = []
    ) throws -> HTTPAnswer {
        try send(method, target, headers, body: body)
        return try answer(to: method)
    }

    func send(_ method: String, _ target: String, _ headers: [Header] = [], body: [UInt8] = []) throws {
        var text = "\(method) \(target) HTTP/1.1\r\nHost: agent.test\r\n"
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
        if !body.isEmpty || method == "POST" { text += "Content-Length: \(body.count)\r\n" }
        try connection.send(Array(text.utf8) + Array("\r\n".utf8) + body)
    }

    func answer(to method: String) throws -> HTTPAnswer {
        guard let head = try reader.head() else { throw HarnessFailure("closed without an answer") }
        let status = Int(head.startLine[1]) ?? 0
        let hasNone = method == "HEAD" || status == 204 || status == 304 || (100..<200).contains(status)
        return HTTPAnswer(head: head, body: hasNone ? [] : try reader.body(of: head, untilClose: true))
    }

    /// One request on a connection of its own.
    static func once(
        port: UInt16, _ method: String, _ target: String, _ headers: [Header] = [], body: [UInt8] = []
    ) throws -> HTTPAnswer {
        try HTTPClient(port: port).request(method, target, headers + [("Connection", "close")], body: body)
    }
}
