import Testing

/// A master killed under load while every bucket is being emptied, so that each spend its successor had not heard of is
/// given out a second time and can be counted.
final class Failover {
    /// Large enough to last beyond the failover, small enough to be empty soon after.
    private static let burst = 300.0
    private static let subjects = 12
    /// For how long before the kill the master's replicas hear nothing, where the run is about that.
    private static let cutSeconds = 0.2
    /// What was answered this long before the kill may not have reached a replica: on loopback replication takes
    /// milliseconds.
    private static let replicationSeconds = 0.1

    private let run: EngineRun
    private let victim: EngineServer
    /// The subjects whose buckets the killed master has.
    private let victims: Set<Int>
    /// Whether the engine has recovered by its own account.
    private let isRecovered: () throws -> Bool
    private let isCut: Bool
    private var answers: [Load.Answer] = []
    private var unheardSince = 0.0
    private(set) var killed = 0.0
    private(set) var recovered = 0.0
    /// Spends that were admitted twice, of all subjects.
    private(set) var spendsLost = 0

    /// - Parameters:
    ///   - victim: the master to be killed.
    ///   - isCut: whether its replicas are cut off shortly before, so that spends are really lost.
    init(_ store: String, victim: EngineServer, isCut: Bool, isRecovered: @escaping () throws -> Bool) throws {
        (self.victim, self.isCut, self.isRecovered) = (victim, isCut, isRecovered)
        var terms = EngineRun.Terms()
        let perDay = Int(Failover.burst)
        terms.narrow = EngineRun.Bucket(rate: Failover.burst / 86_400, burst: Failover.burst, text: "\(perDay)/day")
        terms.subjects = Failover.subjects
        var victims: Set<Int> = []
        run = try EngineRun(store, terms) { postern in
            for subject in 0..<Failover.subjects {
                let before = try Failover.keys(of: victim)
                let headers = [("X-API-Key", SharedQuota.key(subject))]
                let answer = try HTTPClient.once(port: postern.port, "GET", "/envoy/invoke", headers)
                guard answer.status == 200 else { throw HarnessFailure("\(answer.status): \(answer.text)") }
                if try !Failover.keys(of: victim).isSubset(of: before) { victims.insert(subject) }
            }
        }
        self.victims = victims
    }

    /// Not how many: one might expire while another comes.
    private static func keys(of server: EngineServer) throws -> Set<String> {
        Set(try server.command("KEYS", "*").list.compactMap(\.text))
    }

    func play() throws {
        #expect(!victims.isEmpty)
        pause(seconds: 1)
        unheardSince = monotonicSeconds() - Self.replicationSeconds
        if isCut { try cutReplicas() }
        killed = monotonicSeconds()
        victim.kill()
        #expect(try eventually(within: 20, isRecovered), "the engine did not recover")
        recovered = monotonicSeconds()
        run.awaitRecovery()
        let isEmpty = eventually(within: 30) {
            let late = run.load.answers.suffix(400)
            return Set(late.filter { $0.status == 429 }.map(\.request)).count == Failover.subjects
                && late.allSatisfy { $0.status == 429 }
        }
        #expect(isEmpty, "\(run.load.answers.suffix(400).statuses)")
        answers = try run.finish(isOutage: true)
        judge()
    }

    /// They are sent away, and need a password to come back that they do not have. Who is connected stays so.
    private func cutReplicas() throws {
        let client = try victim.client()
        #expect(try client.command("CONFIG", "SET", "requirepass", "nobody-knows") == .text("OK"))
        #expect((try client.command("CLIENT", "KILL", "TYPE", "replica").number ?? 0) > 0)
        pause(seconds: Self.cutSeconds)
    }

    private func judge() {
        let before = answers.filter { $0.received < killed }
        #expect(before.count(403) == 0, "\(before.statuses)")
        let after = answers.filter { $0.sent > recovered + EngineRun.recoverySeconds }
        #expect(after.count(403) == 0, "\(after.statuses), \(recovered - killed) s after the kill it had recovered")
        let lately = answers.filter { $0.status == 200 && $0.received > unheardSince && $0.sent < killed }
        run.expectWithinLimits(answers) { subject in
            victims.contains(subject) ? Double(lately.count { $0.request == subject }) : 0
        }
        for subject in 0..<Self.subjects {
            // One was spent before the load.
            let spent = answers.count { $0.request == subject && $0.status == 200 } + 1
            spendsLost += max(0, spent - Int(Self.burst))
        }
        // Else nothing here would notice that spends are lost.
        if isCut { #expect(spendsLost > 0) }
        print(
            "failover: \(recovered - killed) s by the engine, \(lately.count) spends in its last "
                + "\(killed - unheardSince) s, \(spendsLost) of them lost")
    }

    /// Those whose master was not killed were decided by it all the time.
    func expectOthersServed() {
        let others = answers.filter { !victims.contains($0.request) }
        #expect(others.count(403) == 0, "\(others.statuses)")
        let during = others.filter { $0.sent > killed && $0.received < recovered }
        #expect(during.count(200) + during.count(429) > 0)
    }
}
