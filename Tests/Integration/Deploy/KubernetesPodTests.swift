import Testing

/// The pod of deploy/kubernetes without Kubernetes: both ConfigMaps in their programs, the unix socket between them, a
/// real Redis behind. Only addresses, ports and folders are replaced.
@Suite(.serialized, .needs(.postern, .envoy, .redisServer)) struct KubernetesPodTests {
    @Test func theTwoConfigMapsWorkTogether() throws {
        let (agent, redis, scratch) = (try Agent(), try Redis(), try ScratchFolder())
        for key in ["frontend", "operator"] { try scratch.write("\(key)-0123456789abcdef\n", to: key) }
        let admin = try TCPListener.freePort()
        let settings = try configuration(
            "deploy/kubernetes/postern-configmap.yaml", "postern.yaml: |", scratch,
            [
                ("unix:/run/postern/check.sock", "unix:\(scratch.file("check.sock"))"),
                ("0.0.0.0:9192", "127.0.0.1:\(admin)"), ("file:/run/secrets/postern/", "file:\(scratch.path)/"),
                ("redis://redis:6379/0", redis.url),
            ])
        let postern = try RunningProgram(.postern, arguments: ["serve", "--config", settings], scratch: scratch)
        try postern.waitUntilReady { (try? HTTPClient.once(port: admin, "GET", "/readyz").status) == 200 }

        let (port, envoyAdmin) = (try TCPListener.freePort(), try TCPListener.freePort())
        let proxy = try configuration(
            "deploy/kubernetes/envoy-configmap.yaml", "envoy.yaml: |", scratch,
            [
                ("/run/postern/check.sock", scratch.file("check.sock")),
                ("address: 0.0.0.0, port_value: 8000 }", "address: 127.0.0.1, port_value: \(port) }"),
                ("port_value: 8080 }", "port_value: \(agent.port) }"),
                ("port_value: 9901 }", "port_value: \(envoyAdmin) }"),
            ])
        let envoy = try RunningProgram(
            .envoy, arguments: ["-c", proxy, "--concurrency", "1", "--disable-hot-restart"], scratch: scratch)
        try envoy.waitUntilReady { TCPConnection.accepts(port) }

        let frontend: HTTPClient.Header = ("X-API-Key", "frontend-0123456789abcdef")
        let client = try HTTPClient(port: port)
        let allowed = try client.request("GET", "/invoke", [frontend])
        #expect(allowed.status == 200)
        #expect(allowed["RateLimit"]?.contains(";r=99;") == true, "\(allowed.head.headers)")
        #expect(try client.request("GET", "/invoke").status == 401)
        #expect(try client.request("GET", "/admin/x", [frontend]).status == 403)
        #expect(try client.request("GET", "/admin/x", [("X-API-Key", "operator-0123456789abcdef")]).status == 200)
        #expect(agent.requests.count == 2)
    }

    /// The text below `opening` in a shipped file, replaced and written where a program can read it; its path.
    private func configuration(
        _ file: String, _ opening: String, _ scratch: ScratchFolder, _ replacements: [(of: String, with: String)]
    ) throws -> String {
        let text = try Repository.shipped(file, replacing: replacements)
        return try scratch.write(
            try ShippedText.block(after: opening, in: text), to: String(opening.prefix { $0 != ":" }))
    }
}
