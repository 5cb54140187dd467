import Foundation
import Glibc
import Testing

extension Live {
    /// Whatever a client or the configuration keeps secret is found nowhere afterwards: not in the audit log, not in the
    /// log at its most talkative, not in /metrics and not in Redis.
    @Suite(.serialized, .needs(.python, .redisServer), .needs(commands: "redis-cli"))
    struct SecrecyTests {
        private static let targets = ["/a", "/invoke", "/public", "/nowhere", "/a/../b"]

        @Test func findsNoSecretAnywhere() throws {
            let traffic = try SecretTraffic()
            let (redis, server) = (try Redis(), try AnsweringServer())
            let watch = try RedisWatch(redis)
            let audit = traffic.jose.scratch.file("audit.log")
            let path = "/introspect?key=\(SecretTraffic.urlSecret)"
            let active = "{\"active\": true, \"sub\": \"carol\", \"note\": \"\(SecretTraffic.claim)\"}"
            server.answer(path, 200, active)
            server.answer("/authorize", 200, #"{"allow": true}"#)
            let postern = try Postern(
                try traffic.configuration(redis: redis, server: server, audit: audit),
                environment: ["INTROSPECTION_SECRET": SecretTraffic.introspectionSecret])
            #expect(try eventually(within: 10) { try postern.metrics().sum("postern_store_up") == 1 })

            var statuses: [CheckDialect: [Int: Int]] = [:]
            for dialect in CheckDialect.allCases { statuses[dialect] = try ask(postern, dialect, traffic) }
            for (dialect, counts) in statuses {
                #expect(counts[200, default: 0] > 20 && counts[401, default: 0] > 20, "\(dialect): \(counts)")
                #expect(counts[403, default: 0] > 5 && counts[400, default: 0] > 5, "\(dialect): \(counts)")
            }
            let questions = try server.taken()
            #expect(questions.contains { $0.path == path && $0.body.contains(SecretTraffic.opaque) })
            // Then everybody who was asked refuses, and then is gone.
            server.answer(path, 200, "{\"active\": false}")
            server.answer("/authorize", 200, #"{"allow": false, "reason": "no"}"#)
            for dialect in CheckDialect.allCases { _ = try ask(postern, dialect, traffic, ["/a"]) }
            server.stop()
            for dialect in CheckDialect.allCases { _ = try ask(postern, dialect, traffic, ["/a"]) }
            try sendMalformed(postern)

            let metrics = try HTTPClient.once(port: postern.adminPort, "GET", "/metrics").text
            postern.program.signal(SIGTERM)
            #expect(postern.program.exitStatus(within: 30) == 0)
            let record = try String(contentsOfFile: audit, encoding: .utf8)
            #expect(record.contains("\"decision\":\"deny\"") && record.contains("\"decision\":\"allow\""))
            #expect(record.contains("proof_replayed") || record.contains("proof_invalid"))
            #expect(watch.commands.contains("EVALSHA") || watch.commands.contains("evalsha"))
            let contents = try watch.contents(traffic.jose.scratch)
            #expect(contents.contains("postern"))
            let places = [
                ("the audit log", record), ("the log", postern.program.output), ("/metrics", metrics),
                ("what Redis was told", watch.commands), ("what Redis holds", contents),
            ]
            for (place, text) in places {
                let bytes = Data(text.utf8)
                for secret in traffic.secrets { #expect(!Self.holds(bytes, secret), "\(secret) is in \(place)") }
                #expect(Self.holds(bytes, "postern") || Self.holds(bytes, "alice"), "\(place) was looked at")
            }
        }

        /// There is much to look through, and String's own search is slow.
        private static func holds(_ bytes: Data, _ secret: String) -> Bool {
            bytes.range(of: Data(secret.utf8)) != nil
        }

        /// Every credential on every target; how often the client would hear which status.
        private func ask(
            _ postern: Postern, _ dialect: CheckDialect, _ traffic: SecretTraffic, _ targets: [String] = targets
        ) throws -> [Int: Int] {
            var counts: [Int: Int] = [:]
            for target in targets {
                for credential in traffic.credentials {
                    let asked = "\(target)?\(SecretTraffic.query)"
                    let headers = credential + SecretTraffic.bystanders
                    let answer = try dialect.ask(postern.port, "GET", asked, headers, from: "198.51.100.9")
                    counts[dialect.status(of: answer), default: 0] += 1
                }
            }
            return counts
        }

        /// What no parser takes, with secrets where an error message might quote from.
        private func sendMalformed(_ postern: Postern) throws {
            let long = String(repeating: "malformed-secret", count: 6_000)
            for text in [
                "GET /envoy/a HTTP/1.1\r\nX API Key: malformed-secret\r\n\r\n",
                "GET malformed-secret HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /envoy/a HTTP/1.1\r\nHost: a\r\nX-API-Key: \(long)\r\n\r\n",
                "malformed-secret /envoy/a HTTP/9.1\r\n\r\n",
                "GET /envoy/a HTTP/1.1\r\nHost: user:host-secret-f00d@agent.test\r\nX-API-Key: x\r\n\r\n",
                "GET /envoy/a HTTP/1.1\r\nHost: a\r\nHost: malformed-secret\r\n\r\n",
                "GET /envoy/a#malformed-secret HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET http://user:malformed-secret@agent.test/envoy/a HTTP/1.1\r\nHost: a\r\n\r\n",
                "POST /v1/check HTTP/1.1\r\nHost: a\r\nContent-Length: 18\r\n\r\n{malformed-secret}",
                "POST /envoy/a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: malformed-secret\r\n\r\n",
                "GET /nginx HTTP/1.1\r\nHost: a\r\nX-Original-Method: GET\r\nX-Original-URI: malformed-secret\r\n\r\n",
            ] {
                let connection = try TCPConnection(port: postern.port)
                try connection.send(Array(text.utf8))
                let answer = String(decoding: try connection.receive(), as: UTF8.self)
                #expect(answer.hasPrefix("HTTP/1.1 "), "\(text.prefix(80))")
                #expect(!answer.contains("malformed-secret"), "\(text.prefix(80))")
            }
        }
    }
}
