import Glibc
import Testing

extension Live {
    /// What a reload changes and what it cannot, which it says.
    struct ReloadScopeTests {
        /// One change for each setting that waits for the next start, and the name it must be called by.
        @Test(arguments: [
            ("listen", "dialect: envoy", ""), ("listen", "allowed_peers: [127.0.0.2]", ""),
            ("workers", "", "workers: 2\n"),
            ("bounds", "", "bounds: {connections: 7}\n"), ("memory", "", "memory: {max_buckets: 7}\n"),
            ("log.level", "", "log: {level: error}\n"),
        ])
        func saysWhatWaitsForTheNextStart(_ name: String, _ listener: String, _ rest: String) throws {
            let postern = try Postern("auth: {mode: none}\n")
            let head = Postern.head(port: postern.port, adminPort: postern.adminPort, listener: listener)
            try postern.scratch.write(head + rest + "auth: {mode: none}\n", to: "postern.yaml")
            postern.reload()
            #expect(try eventually(within: ReloadFile.seconds) { try postern.metrics().reloads >= 1 })
            let said = #""event":"a changed setting takes effect at the next start","setting":"\#(name)""#
            #expect(eventually(within: 2) { postern.program.output.contains(said) }, "\(postern.program.output)")
        }

        /// A listener that merely moved within the file is the same listener.
        @Test func saysNothingOfWhatOnlyMoved() throws {
            let postern = try Postern("auth: {mode: none}\n")
            let head = Postern.head(port: postern.port, adminPort: postern.adminPort)
            try postern.scratch.write("# A remark.\n\n" + head + "auth: {mode: none}\n", to: "postern.yaml")
            postern.reload()
            #expect(try eventually(within: ReloadFile.seconds) { try postern.metrics().reloads >= 1 })
            #expect(eventually(within: 2) { postern.program.output.contains("reloaded") })
            #expect(!postern.program.output.contains("next start"))
        }

        @Test func drainsAsLongAsTheNewestFileSays() throws {
            let postern = try Postern("drain_seconds: 30\nauth: {mode: none}\n")
            let slow = try TCPConnection(port: postern.port)
            try slow.send(Array("GET /envoy/a HTTP/1.1\r\nHost:".utf8))
            #expect(try eventually(within: 2) { try postern.metrics().sum("postern_connections") == 1 })
            try postern.rewrite("drain_seconds: 1\nauth: {mode: none}\n")
            postern.reload()
            #expect(try eventually(within: ReloadFile.seconds) { try postern.metrics().reloads >= 1 })
            postern.program.signal(SIGTERM)
            #expect(postern.program.exitStatus(within: 3) == 0)
        }

        /// docs/configuration.md: a password in a file can be rotated by a reload.
        @Test(.needs(.redisServer)) func rotatesThePasswordOfRedis() throws {
            let redis = try Redis()
            let admin = try RedisClock(port: redis.port)
            try admin.command("CONFIG SET requirepass the-first-password")
            let scratch = try ScratchFolder()
            let secret = try scratch.write("the-first-password", to: "password")
            let postern = try Postern(
                """
                redis: {url: "\(redis.url)", password: "file:\(secret)", deadline_ms: 1000, on_failure: closed}
                auth: {mode: none, rate_limit_backend: redis}
                limits:
                  - {name: all, per: global, rate: 100/second}

                """, scratch: scratch)
            #expect(try eventually(within: 3) { try postern.metrics().sum("postern_store_up") == 1 })

            try admin.command("AUTH the-first-password")
            try admin.command("CONFIG SET requirepass the-second-password")
            try scratch.write("the-second-password", to: "password")
            postern.reload()
            #expect(try eventually(within: ReloadFile.seconds) { try postern.metrics().reloads == 1 })
            // The connection it has stays; the next one needs the new password.
            #expect(try HTTPClient.once(port: postern.port, "GET", "/envoy/a").status == 200)
            try admin.command("CLIENT KILL TYPE normal SKIPME yes")
            #expect(
                try eventually(within: 3) {
                    try HTTPClient.once(port: postern.port, "GET", "/envoy/a").status == 200
                        && postern.metrics().sum("postern_store_reconnects_total") == 1
                })
            #expect(!postern.program.output.contains("-password"))
        }
    }
}
