import Testing

/// examples/custom-authenticator, built as its reader would build it, and asked.
@Suite struct CustomAuthenticatorTests {
    @Test func isShort() throws {
        let source = try Repository.text("examples/custom-authenticator/Sources/custom-postern/main.swift")
        #expect(source.split(separator: "\n", omittingEmptySubsequences: false).count < 60)
    }

    @Test(.needs(.customPostern)) func judgesItsOwnCredentials() throws {
        let scratch = try ScratchFolder()
        let (port, adminPort) = (try TCPListener.freePort(), try TCPListener.freePort())
        let configuration = try Repository.shipped(
            "examples/custom-authenticator/postern.yaml",
            replacing: [
                (of: "127.0.0.1:9191", with: "127.0.0.1:\(port)"),
                (of: "127.0.0.1:9192", with: "127.0.0.1:\(adminPort)"),
            ])
        let path = try scratch.write(configuration, to: "postern.yaml")
        let running = try RunningProgram(.customPostern, arguments: [path], scratch: scratch)
        try running.waitUntilReady { (try? HTTPClient.once(port: adminPort, "GET", "/readyz").status) == 200 }

        let founder = try Self.ask(port, "/envoy/admin/x", "badge-7-engineering-\(Self.checksum(7))")
        #expect(founder.status == 200)
        #expect(founder["X-Auth-User-Id"] == "badge:7")
        #expect(founder["X-Auth-Method"] == "badge")
        #expect(founder["X-Auth-Tenant-Id"] == "engineering")
        #expect(founder["X-Auth-Permissions"] == "invoke,deploy")
        let employee = "badge-100-engineering-\(Self.checksum(100))"
        #expect(try Self.ask(port, "/envoy/x", employee).status == 200)
        #expect(try Self.ask(port, "/envoy/admin/x", employee).status == 403)
        #expect(try Self.ask(port, "/envoy/x", "badge-7-engineering-\(Self.checksum(7) + 1)").status == 401)
        #expect(try Self.ask(port, "/envoy/x", "anything").status == 401)
    }

    private static func ask(_ port: UInt16, _ target: String, _ badge: String) throws -> HTTPAnswer {
        try HTTPClient.once(port: port, "GET", target, [("Authorization", "Bearer \(badge)")])
    }

    private static func checksum(_ number: Int) -> Int {
        "engineering".utf8.reduce(number) { ($0 * 31 + Int($1)) % 97 }
    }
}
