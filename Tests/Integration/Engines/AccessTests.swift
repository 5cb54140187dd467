import Foundation
import Testing

extension Live {
    /// The user of docs/failure-modes.md is enough for everything Postern does: the engine refuses it nothing.
    @Suite(.needs(.redisServer, .valkeyServer), .needs(commands: "redis-cli"))
    struct AccessTests {
        private static let password = "access-test-password"
        private static let key = "access-test-key-0001"

        /// The rules of the documented ACL line, with a password in place of its word for one.
        private func rules() throws -> String {
            let text = try Repository.text("docs/failure-modes.md")
            let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("ACL SETUSER postern ") })
            return String(line.dropFirst("ACL SETUSER postern ".count)).replacing(
                ">PASSWORD", with: ">\(Self.password)")
        }

        /// Every kind of limit.
        private func configuration(_ store: String) -> String {
            """
            redis: {\(store), username: postern, password: \(Self.password), deadline_ms: 1000, on_failure: closed}
            trusted_proxies: [loopback]
            auth:
              mode: api_key
              rate_limit_backend: redis
              api_keys:
                keys: [{id: one, key: \(Self.key)}]
            limits:
              - {name: exact, per: subject, rate: 100/second}
              - {name: leased, per: subject, rate: 10000/second, precision: leased}
              - {name: monthly, per: subject, rate: 1000000/month, window: calendar}
              - {name: running, per: subject, concurrency: 20, lease_seconds: 60}
              - {name: money, per: subject, rate: 1000/hour, settle: {estimate: 10}}
            """
        }

        @Test(arguments: Tool.engines)
        func refusesNothingOfASingleNode(_ tool: Tool) throws {
            let scratch = try ScratchFolder()
            let engine = try EngineServer(tool, ["user postern \(try rules())"], scratch: scratch)
            try exercise("url: \"redis://\(engine.address)/3\"", [engine])
        }

        @Test func refusesNothingOfACluster() throws {
            let cluster = try EngineCluster(.redisServer, ["user postern \(try rules())"])
            try exercise(cluster.yaml, cluster.nodes)
        }

        private func exercise(_ store: String, _ engines: [EngineServer]) throws {
            let postern = try Postern(configuration(store))
            let isUp = try eventually(within: 5) { try postern.metrics().sum("postern_store_up") == 1 }
            #expect(isUp, "\(postern.program.output)")
            let client = try HTTPClient(port: postern.port)
            for _ in 0..<20 {
                let answer = try client.request("GET", "/envoy/invoke", [("X-API-Key", Self.key)])
                try #require(answer.status == 200, "\(answer.text)")
                let ticket = try #require(answer["X-Postern-Ticket"])
                for (path, rest) in [("renew", ""), ("settle", ", \"cost\": 7"), ("release", "")] {
                    let body = Array("{\"ticket\": \"\(ticket)\"\(rest)}".utf8)
                    let json = [("Content-Type", "application/json")]
                    let answer = try client.request("POST", "/v1/\(path)", json, body: body)
                    #expect(answer.status == 200, "\(path): \(answer.text)")
                }
            }
            for engine in engines {
                let refused = try engine.command("ACL", "LOG").list
                #expect(refused.isEmpty, "\(refused)")
            }
            let readiness = try HTTPClient.once(port: postern.adminPort, "GET", "/readyz").json
            #expect((readiness["warnings"] as? [String] ?? []).isEmpty, "\(readiness)")
        }
    }
}
