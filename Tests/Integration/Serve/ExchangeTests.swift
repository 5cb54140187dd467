import Testing

extension Live {
    /// HTTP as programs other than the four proxies speak it.
    @Suite(.needs(commands: "curl"))
    struct ExchangeTests {
        private let postern: Postern

        init() throws { postern = try Postern("auth: {mode: none}\nbounds: {body_bytes: 65536}\n") }

        private var url: String { "http://127.0.0.1:\(postern.port)/envoy/a" }

        /// curl waits a second for the interim answer before it sends the body without it.
        @Test func invitesABodyThatWaits() throws {
            let body = "@" + (try postern.scratch.write(String(repeating: "a", count: 40_000), to: "body"))
            let curl = try Curl(
                ["-H", "Expect: 100-continue", "--expect100-timeout", "9", "--data-binary", body, url],
                scratch: postern.scratch)
            #expect(curl.heads.map { $0.startLine[1] } == ["100", "200"], "\(curl.errors)")
        }

        /// A body that is too large is refused without having been asked for.
        @Test func refusesABodyThatWaitsAndIsTooLarge() throws {
            let body = "@" + (try postern.scratch.write(String(repeating: "a", count: 70_000), to: "body"))
            let curl = try Curl(
                ["-H", "Expect: 100-continue", "--expect100-timeout", "9", "--data-binary", body, url],
                scratch: postern.scratch)
            #expect(curl.heads.map { $0.startLine[1] } == ["413"], "\(curl.errors)")
        }

        @Test func readsPastAChunkedBody() throws {
            let body = "@" + (try postern.scratch.write(String(repeating: "a", count: 40_000), to: "body"))
            let curl = try Curl(
                ["-H", "Transfer-Encoding: chunked", "--data-binary", body, url, "--next", "-sS", "-i", url],
                scratch: postern.scratch)
            #expect(curl.heads.map { $0.startLine[1] } == ["200", "200"], "\(curl.errors)")
            #expect(try postern.metrics().sum("postern_connections_opened_total") == 1)
        }

        @Test func speaksHTTP10() throws {
            let once = try TCPConnection(port: postern.port)
            try once.send(Array("GET /envoy/a HTTP/1.0\r\n\r\n".utf8))
            let answer = HTTPReader(once)
            let head = try #require(try answer.head())
            #expect(head.startLine[1] == "200")
            #expect(try answer.body(of: head, untilClose: true).isEmpty)
            #expect(try once.receive().isEmpty, "closed without being asked")

            let kept = try TCPConnection(port: postern.port)
            let reader = HTTPReader(kept)
            for _ in 0..<2 {
                try kept.send(Array("GET /envoy/a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n".utf8))
                let head = try #require(try reader.head())
                #expect(head.startLine[1] == "200")
                #expect(head["Connection"]?.lowercased() == "keep-alive")
                _ = try reader.body(of: head, untilClose: false)
            }
        }

        @Test func answersPipelinedRequestsInOrder() throws {
            let connection = try TCPConnection(port: postern.port)
            let paths = ["a", "b%2fc", "d", "..", "e"]
            let requests = paths.map { "GET /envoy/\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined()
            try connection.send(Array(requests.utf8))
            let reader = HTTPReader(connection)
            var statuses: [String] = []
            for _ in paths {
                let head = try #require(try reader.head())
                statuses.append(head.startLine[1])
                _ = try reader.body(of: head, untilClose: false)
            }
            #expect(statuses == ["200", "400", "200", "400", "200"])
        }
    }
}
