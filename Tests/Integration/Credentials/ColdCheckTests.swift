import Foundation
import Testing

extension Live {
    /// A thousand strangers at once, and nobody there to ask about them.
    @Suite(.serialized, .needs(.python))
    struct ColdCheckTests {
        private static let strangers = 1_000
        private static let bound = 400
        private static let deadlineMillis = 8_000
        private static let key = "listed-key-0123456789"

        private static func configuration(_ port: UInt16) -> String {
            """
            auth:
              mode: composite
              providers: [api_key, oauth2]
              failed_credentials: {enabled: false}
              api_keys: {keys: [{id: listed, key: \(key)}, {id: other, key: other-key-0123456789, revoked: true}]}
              oauth2:
                introspection_url: http://127.0.0.1:\(port)/introspect
                client_id: postern
                client_secret: an-introspection-secret
                deadline_ms: \(deadlineMillis)
            bounds: {cold_checks: \(bound)}
            # Each of a thousand denials, and none of them said to be too many.
            log: {level: warning}
            """
        }

        @Test func holdItsBoundAndNobodyElse() throws {
            let hanging = try TCPListener { connection in
                while let bytes = try? connection.receive(), !bytes.isEmpty {}
            }
            let postern = try Postern(Self.configuration(hanging.port))
            var memory: [Int] = []
            for round in 0..<3 {
                try flood(postern, round)
                memory.append(try Self.residentKibibytes(postern.program.identifier))
            }
            // The first round fills buffers and pools, which are kept; what grows after it would never end.
            #expect(memory[2] < memory[1] + 8_192, "\(memory) KiB")
            #expect(memory[2] < memory[0] + 16_384, "\(memory) KiB")
        }

        private func flood(_ postern: Postern, _ round: Int) throws {
            let clients = try Crowd.clients(Self.strangers, port: postern.port)
            let before = try full(postern)
            let start = monotonicSeconds()
            for (number, client) in clients.enumerated() {
                let token = "stranger-\(round)-\(number)-0123456789"
                try CheckDialect.envoy.send(client, "GET", "/a", Crowd.bearer(token))
            }
            let beyond = Double(Self.strangers - Self.bound)
            #expect(try eventually(within: 10) { try full(postern) - before == beyond })
            try expectOthersServed(postern)
            #expect(try full(postern) - before == beyond)
            let others = monotonicSeconds() - start
            #expect(others < Double(Self.deadlineMillis) / 1_000, "asked while the strangers wait: \(others) s")

            let answers = clients.map { try? $0.answer(to: "GET") }
            #expect(answers.allSatisfy { $0?.status == 403 && $0?.reason == "undecidable" })
            #expect(answers.allSatisfy { $0?["Retry-After"] != nil })
            let seconds = monotonicSeconds() - start
            #expect(seconds < Double(Self.deadlineMillis) / 1_000 + 15, "\(seconds) s")
        }

        /// Keys of the configuration, good and bad, judged as always while all strangers wait.
        private func expectOthersServed(_ postern: Postern) throws {
            let client = try HTTPClient(port: postern.port)
            var slowest = 0.0
            for _ in 0..<200 {
                for (key, status) in [(Self.key, 200), ("other-key-0123456789", 401)] {
                    let sent = monotonicSeconds()
                    try CheckDialect.envoy.send(client, "GET", "/a", [("X-API-Key", key)])
                    #expect(try client.answer(to: "GET").status == status)
                    slowest = max(slowest, monotonicSeconds() - sent)
                }
            }
            #expect(slowest < 2, "\(slowest) s")
        }

        private func full(_ postern: Postern) throws -> Double {
            try postern.metrics().sum("postern_credential_checks_total", "outcome=\"full\"")
        }

        private static func residentKibibytes(_ process: Int32) throws -> Int {
            let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
            guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") }),
                let kibibytes = line.split(separator: " ").compactMap({ Int($0) }).first
            else { throw HarnessFailure("no VmRSS of \(process)") }
            return kibibytes
        }
    }
}
