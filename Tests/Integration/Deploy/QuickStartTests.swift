import Testing

/// deploy/postern.yaml, byte for byte, does what the README promises of `make run`.
@Suite(.needs(.postern)) struct QuickStartTests {
    @Test func showsEveryAnswerWithinAFewRequests() throws {
        let scratch = try ScratchFolder()
        let (port, admin) = (try TCPListener.freePort(), try TCPListener.freePort())
        let program = try RunningProgram(
            .postern,
            arguments: [
                "serve", "--config", Repository.path("deploy/postern.yaml"), "--listen", "127.0.0.1:\(port)",
                "--admin", "127.0.0.1:\(admin)",
            ], scratch: scratch)
        try program.waitUntilReady { (try? HTTPClient.once(port: admin, "GET", "/readyz").status) == 200 }

        let key: HTTPClient.Header = ("X-API-Key", "demo-key-do-not-use-in-production")
        let client = try HTTPClient(port: port)
        #expect(try client.request("GET", "/envoy/invoke").status == 401)
        #expect(try client.request("GET", "/envoy/admin/x", [key]).status == 403)
        #expect(try client.request("GET", "/envoy/health").status == 200)
        for left in (0..<5).reversed() {
            let answer = try client.request("GET", "/envoy/invoke", [key])
            #expect(answer.status == 200)
            #expect(answer["RateLimit"]?.contains(";r=\(left);") == true)
        }
        let refused = try client.request("GET", "/envoy/invoke", [key])
        #expect(refused.status == 429)
        #expect(refused["Retry-After"].flatMap { Int($0) }.map { (1...12).contains($0) } == true)
    }
}
