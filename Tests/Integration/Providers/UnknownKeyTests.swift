import Foundation
import Testing

extension Live {
    /// Tokens whose `kid` nobody has heard of: each could be tomorrow's key, and none may cost more than its share.
    @Suite(.serialized, .needs(.canaille))
    struct UnknownKeyTests {
        private static let cooldownSeconds = 2
        private static let count = 20_000

        private static func configuration(_ provider: Provider, _ keys: KeyServer, _ throttle: String) -> String {
            """
            auth:
              mode: jwt
              failed_credentials: {\(throttle)}
              jwt:
                issuer: \(provider.issuer)
                jwks_url: \(keys.url)
                audience: \(Provider.client)
                cooldown_seconds: \(cooldownSeconds)
                deadline_ms: 500
            """
        }

        /// The header and claims a provider would write; only the key is made up, and the signature with it.
        private static func bogus(_ number: Int, _ issuer: String) -> String {
            let header = #"{"alg":"RS256","kid":"\#(number)-\#(UInt64.random(in: 0 ... .max))"}"#
            let claims = #"{"iss":"\#(issuer)","aud":"agent","sub":"root","exp":9999999999}"#
            return [header, claims, String(repeating: "x", count: 256)].map {
                Data($0.utf8).base64EncodedString().replacingOccurrences(of: "=", with: "")
                    .replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
            }.joined(separator: ".")
        }

        @Test(arguments: ["enabled: false", "rate: 100/minute, burst: 200"])
        func fetchOncePerCooldown(_ throttle: String) throws {
            let provider = try Provider()
            try provider.start(signing: 0)
            let keys = try KeyServer(try provider.publishedKeys())
            let postern = try Postern(Self.configuration(provider, keys, throttle))
            let token = try provider.token()
            #expect(try eventually(within: 10) { try Bearer.ask(postern, token).status == 200 })

            let load = BearerLoad(port: postern.port, threads: 1, tokens: [token])
            try load.waitForAnswers(200)
            let (before, start) = (keys.requests, monotonicSeconds())
            let statuses = try flood(postern, issuer: provider.issuer)
            let cooldowns = (monotonicSeconds() - start) / Double(Self.cooldownSeconds)
            let fetched = keys.requests - before
            #expect(Double(fetched) <= cooldowns + 1, "\(fetched) requests in \(cooldowns) cool-downs")
            #expect(fetched >= 1 || throttle != "enabled: false", "one of them was looked for")
            #expect((statuses[429] ?? 0 > 0) == (throttle != "enabled: false"), "\(statuses)")
            #expect(statuses[200] == nil && statuses[0] == nil, "\(statuses)")
            #expect(Set(statuses.keys).isSubset(of: [401, 403, 429]), "\(statuses)")
            try load.waitForAnswers(50)
            #expect(try load.stop().keys.sorted() == [200], "valid traffic goes on, from the same address")
        }

        /// As above with a key server that takes connections and never answers: nobody waits for it but who must.
        @Test func aHangingKeyServerHoldsNobodyElse() throws {
            let provider = try Provider()
            try provider.start(signing: 0)
            let keys = try KeyServer(try provider.publishedKeys())
            let postern = try Postern(Self.configuration(provider, keys, "enabled: false"))
            let token = try provider.token()
            #expect(try eventually(within: 10) { try Bearer.ask(postern, token).status == 200 })
            keys.become(.hanging)
            let load = BearerLoad(port: postern.port, threads: 1, tokens: [token])
            let start = monotonicSeconds()
            for number in 0..<20 {
                let answer = try Bearer.ask(postern, Self.bogus(number, provider.issuer))
                #expect(answer.status == 403 || answer.status == 401, "\(answer.status)")
            }
            let cooldowns = (monotonicSeconds() - start) / Double(Self.cooldownSeconds)
            #expect(Double(keys.requests) <= cooldowns + 2)
            try load.waitForAnswers(50)
            #expect(try load.stop().keys.sorted() == [200])
            #expect(load.latencies.max() ?? 9 < 0.45, "no valid request waited for the key server")
        }

        /// From four connections, each as fast as it can.
        private func flood(_ postern: Postern, issuer: String) throws -> [Int: Int] {
            let statuses = Shared<[Int: Int]>([:])
            let (port, threads) = (postern.port, 4)
            let running = Shared(threads)
            for thread in 0..<threads {
                Thread.detachNewThread {
                    var client = try? HTTPClient(port: port)
                    for number in stride(from: thread, to: Self.count, by: threads) {
                        let token = Self.bogus(number, issuer)
                        let answer = try? client?.request("GET", "/envoy/a", Bearer.header(token))
                        if answer == nil || answer?["Connection"]?.lowercased() == "close" {
                            client = try? HTTPClient(port: port)
                        }
                        statuses.update { $0[answer?.status ?? 0, default: 0] += 1 }
                    }
                    running.update { $0 -= 1 }
                }
            }
            guard eventually(within: 300, { running.current == 0 }) else {
                throw HarnessFailure("the flood never ended")
            }
            return statuses.current
        }
    }
}
