import Foundation
import Testing

/// Gate rule 28: what agents do besides plain requests, and that each costs exactly one check.
@Suite(.serialized, .needs(.postern, .envoy, .nginx, .caddy))
struct TrafficTests {
    static let key: HTTPClient.Header = ("X-API-Key", Gateway.userKey)

    @Test(arguments: ProxyKind.allCases)
    func methodsAndBodiesArriveWhole(_ kind: ProxyKind) throws {
        let gateway = try Gateway(kind)
        let client = try gateway.client()
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"] {
            gateway.agent.forget()
            let before = try gateway.checks()
            let body = ["POST", "PUT", "PATCH"].contains(method) ? [UInt8](repeating: 0x61, count: 70_000) : []
            let answer = try client.request(method, "/invoke/run?x=1", [Self.key], body: body)
            #expect(answer.status == 200, "\(method)")
            let request = try #require(gateway.agent.requests.first, "\(method)")
            #expect(request.method == method)
            #expect(request.target == "/invoke/run?x=1")
            #expect(request.body.count == body.count, "\(method)")
            #expect(gateway.agent.requests.count == 1)
            #expect(try gateway.checks() - before == 1, "\(method) is asked about once")
        }
    }

    /// A refused HEAD has no body, and the connection is good for the next request.
    @Test(arguments: ProxyKind.allCases)
    func refusedHeadAndOptions(_ kind: ProxyKind) throws {
        let gateway = try Gateway(kind)
        let client = try gateway.client()
        #expect(try client.request("HEAD", "/invoke/a").status == 401)
        #expect(try client.request("OPTIONS", "/invoke/a").status == 401)
        #expect(try client.request("HEAD", "/admin/a", [Self.key]).status == 403)
        #expect(try client.request("GET", "/invoke/a", [Self.key]).status == 200)
    }

    /// The default run streams for two seconds; the timeouts that cut streams are asserted in ShippedFileTests, and
    /// POSTERN_STREAM_SECONDS=20 repeats the whole proof.
    @Test(arguments: ProxyKind.allCases)
    func streamsArriveAsTheyAreMade(_ kind: ProxyKind) throws {
        let wanted = ProcessInfo.processInfo.environment["POSTERN_STREAM_SECONDS"].flatMap { Int($0) } ?? 2
        let gateway = try Gateway(kind)
        let before = try gateway.checks()
        // Both at once: server-sent events, and a stream that no proxy knows by its type.
        let clients = try ["stream", "ndjson-stream"].map { name in
            let client = try gateway.client()
            try client.send("GET", "/invoke/\(name)?seconds=\(wanted)", [Self.key])
            return client
        }
        for client in clients {
            let head = try #require(try client.reader.head())
            #expect(head.startLine[1] == "200")
            #expect(try client.reader.chunk() == Array("data: 0\n\n".utf8), "the first event comes alone")
        }
        let start = monotonicSeconds()
        for client in clients {
            var text = ""
            while case let chunk = try client.reader.chunk(), !chunk.isEmpty {
                text += String(decoding: chunk, as: UTF8.self)
            }
            #expect(text == (1...wanted).map { "data: \($0)\n\n" }.joined())
        }
        #expect(monotonicSeconds() - start > Double(wanted) - 0.5, "events came one by one, not together at the end")
        #expect(try gateway.checks() - before == 2)
    }

    @Test(arguments: ProxyKind.allCases)
    func webSocketsAreCheckedOnceAndCarried(_ kind: ProxyKind) throws {
        let gateway = try Gateway(kind)
        let refused = try gateway.client().request("GET", "/invoke/socket", WebSocket.handshake)
        #expect(refused.status == 401)
        #expect(gateway.agent.requests.isEmpty)

        let before = try gateway.checks()
        let client = try gateway.client()
        let accepted = try client.request("GET", "/invoke/socket", WebSocket.handshake + [Self.key])
        #expect(accepted.status == 101)
        #expect(accepted["Sec-WebSocket-Accept"] == WebSocket.accept)
        for text in ["one", "two", String(repeating: "x", count: 125)] {
            try client.connection.send(WebSocket.frame(Array(text.utf8), mask: [1, 2, 3, 4]))
            #expect(try WebSocket.receive(client.reader) == Array(text.utf8))
        }
        #expect(try gateway.checks() - before == 1)
    }

    /// A connection for each check would cost more than the check.
    @Test(arguments: ProxyKind.allCases)
    func connectionsToPosternAreKept(_ kind: ProxyKind) throws {
        let gateway = try Gateway(kind)
        let client = try gateway.client()
        let before = try gateway.checks()
        for index in 0..<100 {
            // Allowed, 401 and 403 in turn: no kind of answer may cost the connection.
            switch index % 3 {
            case 0: #expect(try client.request("GET", "/invoke/a", [Self.key]).status == 200)
            case 1: #expect(try client.request("GET", "/invoke/a").status == 401)
            default: #expect(try client.request("POST", "/admin/a", [Self.key], body: [1, 2]).status == 403)
            }
        }
        #expect(try gateway.checks() - before == 100)
        // nginx keeps them per worker process.
        #expect(gateway.relay.accepted <= 2, "\(gateway.relay.accepted) connections for 100 checks")
    }

    /// A page of an allowed origin may ask before it sends, and may read why it was refused.
    @Test func envoyAnswersPreflightsAndLetsPagesReadRefusals() throws {
        let gateway = try Gateway(.envoy)
        let origin: HTTPClient.Header = ("Origin", "http://localhost:3000")
        let preflight = try gateway.ask("OPTIONS", "/invoke/a", [origin, ("Access-Control-Request-Method", "POST")])
        #expect(preflight.status == 200)
        #expect(preflight["Access-Control-Allow-Origin"] == "http://localhost:3000")
        #expect(try gateway.checks() == 0)
        let refused = try gateway.ask("GET", "/invoke/a", [origin])
        #expect(refused.status == 401)
        #expect(refused["Access-Control-Allow-Origin"] == "http://localhost:3000")
        #expect(refused["Access-Control-Expose-Headers"]?.contains("Retry-After") == true)
        let stranger = [("Origin", "https://evil.test"), ("Access-Control-Request-Method", "POST")]
        #expect(try gateway.ask("OPTIONS", "/invoke/a", stranger).status == 401)
        #expect(gateway.agent.requests.isEmpty)
    }
}
