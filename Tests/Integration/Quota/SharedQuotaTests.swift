import Testing

extension Live {
    /// Four processes, one Redis: a shared limit is a limit (limits.md 31).
    @Suite(.needs(.redisServer))
    struct SharedQuotaTests {
        private static let processes = 4
        private static let keys = 50
        private static let rate = 5.0
        private static let burst = 10.0
        private static let seconds = 4.0

        @Test func admitsNoMoreThanBurstAndRateOnAnyKey() throws {
            let redis = try Redis()
            let posterns = try SharedQuota.start(Self.processes, redis) { keys(Self.keys) + perSubject }
            let clock = try RedisClock(port: redis.port)
            var marks = [try clock.mark()]
            let load = Load(ports: posterns.map(\.port), threads: 2, requests: SharedQuota.requests(Self.keys))
            let end = monotonicSeconds() + Self.seconds
            while monotonicSeconds() < end {
                pause(seconds: 0.25)
                marks.append(try clock.mark())
            }
            let answers = try load.stop()
            marks.append(try clock.mark())

            #expect(Set(answers.statuses.keys) == [200, 429], "\(answers.statuses)")
            let admitted = answers.filter { $0.status == 200 }
            for key in 0..<Self.keys {
                let own = admitted.filter { $0.request == key }
                expectBounded(own, marks, "key \(key)")
                let ideal = Self.burst + Self.rate * (marks[marks.count - 1].seconds - marks[0].seconds)
                #expect(Double(own.count) >= (0.9 * ideal).rounded(.down), "key \(key) of \(ideal)")
            }
        }

        /// In every stretch between two readings of Redis's clock. What is counted was asked after the first reading
        /// and answered before the second, so Redis spent it between them.
        private func expectBounded(_ admitted: [Load.Answer], _ marks: [RedisClock.Mark], _ name: String) {
            for (index, start) in marks.enumerated() {
                for end in marks[(index + 1)...] {
                    let count = admitted.within(start.after, end.before).count
                    let bound = Self.burst + Self.rate * (end.seconds - start.seconds)
                    #expect(Double(count) <= bound, "\(name): \(count) in \(end.seconds - start.seconds) s")
                }
            }
        }

        private func keys(_ count: Int) -> String { SharedQuota.auth(count) }

        private var perSubject: String {
            "limits:\n  - {name: narrow, per: subject, rate: \(Int(Self.rate))/second, burst: \(Int(Self.burst))}\n"
        }

        /// A check that one limit refuses spends nothing of the other, whichever process asks and whichever refuses.
        @Test func spendsAllLimitsOfACheckOrNone() throws {
            let (wide, narrow, subjects) = (60, 10, 10)
            let narrowLimit = "limits:\n  - {name: narrow, per: subject, rate: \(narrow)/day}\n"
            let wideLimit = "  - {name: wide, per: tenant, rate: \(wide)/day}\n"
            let redis = try Redis()
            let posterns = try SharedQuota.start(Self.processes, redis) {
                SharedQuota.auth(subjects) + narrowLimit + wideLimit
            }
            var admitted = [Int](repeating: 0, count: subjects)

            // The first subject alone: only the narrow limit refuses, and must leave the wide one untouched.
            try ask(posterns, [0], &admitted)
            #expect(admitted[0] == narrow)
            // Then the others together: were one refusal of before charged to the tenant, this would end short of it.
            try ask(posterns, Array(1..<subjects), &admitted)
            #expect(admitted.reduce(0, +) == wide, "\(admitted)")
            #expect(admitted.allSatisfy { $0 <= narrow }, "\(admitted)")
            // Without the wide limit, what it refused must still be there in each narrow bucket.
            for postern in posterns {
                try postern.rewrite(SharedQuota.configuration(redis, SharedQuota.auth(subjects) + narrowLimit))
                postern.reload()
                #expect(try eventually(within: 2) { try postern.metrics().reloads > 0 })
            }
            try ask(posterns, Array(1..<subjects), &admitted)
            #expect(admitted.allSatisfy { $0 == narrow }, "\(admitted)")
        }

        /// Every process asks for each subject until all have refused it often enough.
        private func ask(_ posterns: [Postern], _ subjects: [Int], _ admitted: inout [Int]) throws {
            let all = SharedQuota.requests(subjects.count, from: subjects[0])
            let load = Load(ports: posterns.map(\.port), threads: 1, requests: all)
            let wanted = subjects.count * 40
            #expect(eventually(within: 20) { load.answers.count >= wanted })
            let answers = try load.stop()
            #expect(Set(answers.statuses.keys).isSubset(of: [200, 429]), "\(answers.statuses)")
            for answer in answers where answer.status == 200 { admitted[subjects[0] + answer.request] += 1 }
        }
    }
}

extension Metrics {
    /// Reloads that took effect.
    var reloads: Double { sum("postern_config_reloads_total", "outcome=\"success\"") }
    var failedReloads: Double { sum("postern_config_reloads_total", "outcome=\"failure\"") }
}
