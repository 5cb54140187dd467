import Outbound
import Testing

@Suite(.enabled(if: NginxServer.isExpected && Authority.program != nil, "nginx or openssl is not installed"))
struct OutboundHTTP2Tests {
    /// Where a server offers HTTP/2, many requests share one connection.
    @Test func requestsShareAConnection() async throws {
        let authority = try Authority()
        let nginx = try NginxServer(try authority.certificate(for: "DNS:localhost"))
        let client = OutboundClient()
        let url = "https://localhost:\(nginx.port)/connection"
        var first = try await client.get(url, caFile: authority.path, millis: 20_000)
        for _ in 0..<400 where first.fault == .notConnected {
            try await Task.sleep(nanoseconds: 25_000_000)
            first = try await client.get(url, caFile: authority.path, millis: 20_000)
        }
        #expect(first.response?.isHTTP2 == true)
        let connection = try #require(first.text)
        let caFile = authority.path
        try await withThrowingTaskGroup(of: Answer.self) { group in
            for _ in 0..<50 { group.addTask { try await client.get(url, caFile: caFile, millis: 20_000) } }
            for try await answer in group {
                #expect(answer.text == connection && answer.response?.isHTTP2 == true)
            }
        }
    }
}
